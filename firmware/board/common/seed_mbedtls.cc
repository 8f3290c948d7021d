#include <mbedtls/sha256.h>

#include <algorithm>

#include "board.h"
#include "seed.h"
#include "tinyfog/wire/provisioning.h"

namespace tinyfog::board {
namespace {

// The last two units of the flash hold the seed in turn, so that a reset while one is
// written leaves the other: the valid one with the higher count is the newest.
using Record = wire::SeedRecord;

volatile Record& Place(std::uint32_t count) {
  return *reinterpret_cast<volatile Record*>(kFlash + wire::kSeed +
                                             wire::kSeedUnitBytes * (count % 2));
}

bool Load(std::uint32_t place, Record& record) {
  const auto* from = reinterpret_cast<volatile const std::uint32_t*>(&Place(place));
  auto* to = reinterpret_cast<std::uint32_t*>(&record);
  for (std::size_t i = 0; i < sizeof(Record) / 4; ++i) to[i] = from[i];
  return record.magic == Record{}.magic && record.crc == wire::SeedCrc(record) &&
         record.count % 2 == place;
}

// Erases and programs; the checksum comes last.
void Store(const Record& record) {
  const auto* from = reinterpret_cast<const std::uint32_t*>(&record);
  auto* to = reinterpret_cast<volatile std::uint32_t*>(&Place(record.count));
  for (std::size_t i = 0; i < wire::kSeedUnitBytes / 4; ++i) to[i] = 0xFFFFFFFF;
  for (std::size_t i = 0; i < sizeof(Record) / 4; ++i) to[i] = from[i];
  asm volatile("dsb");
}

Seed Derive(const Seed& from, std::uint8_t purpose) {
  std::array<std::uint8_t, sizeof(Seed) + 1> input;
  std::copy(from.begin(), from.end(), input.begin());
  input.back() = purpose;
  Seed result;
  mbedtls_sha256_ret(input.data(), input.size(), result.data(), 0);
  return result;
}

}  // namespace

bool NextSeed(Seed& seed) {
  Record even, odd;
  const bool has_even = Load(0, even);
  const bool has_odd = Load(1, odd);
  if (!has_even && !has_odd) return false;
  const bool is_even = has_even && (!has_odd || even.count > odd.count);
  const Record& newest = is_even ? even : odd;
  Record next{.count = newest.count + 1, .seed = Derive(newest.seed, 'n')};
  next.crc = wire::SeedCrc(next);
  Store(next);
  seed = Derive(newest.seed, 'u');
  return true;
}

}  // namespace tinyfog::board
