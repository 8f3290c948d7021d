#include "tinyfog/base/crc32.h"

namespace tinyfog {
namespace {

// One entry per nibble: 64 bytes of flash instead of 1 KB.
struct NibbleTable {
  std::uint32_t entry[16];
  constexpr NibbleTable() : entry() {
    for (std::uint32_t i = 0; i < 16; ++i) {
      std::uint32_t value = i;
      for (int bit = 0; bit < 4; ++bit) value = (value >> 1) ^ ((value & 1) ? 0xEDB88320u : 0u);
      entry[i] = value;
    }
  }
};
constexpr NibbleTable kTable;

}  // namespace

std::uint32_t Crc32(std::span<const std::uint8_t> bytes, std::uint32_t previous) {
  std::uint32_t crc = ~previous;
  for (const std::uint8_t byte : bytes) {
    crc ^= byte;
    crc = (crc >> 4) ^ kTable.entry[crc & 15];
    crc = (crc >> 4) ^ kTable.entry[crc & 15];
  }
  return ~crc;
}

}  // namespace tinyfog
