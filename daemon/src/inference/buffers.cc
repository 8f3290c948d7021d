#include "buffers.h"

#include <cstring>
#include <random>

namespace tinyfog::inference {
namespace {

constexpr std::uint32_t kSeed = 20;

std::vector<std::uint8_t> Room(const TensorSpec& spec, std::uint32_t rows) {
  std::vector<std::uint8_t> bytes;
  bytes.reserve(spec.ByteSize() * rows + kReadableBehind);
  bytes.resize(spec.ByteSize() * rows);
  return bytes;
}

}  // namespace

std::vector<const std::uint8_t*> ConstPointers(const Buffers& buffers) {
  std::vector<const std::uint8_t*> pointers;
  for (const auto& buffer : buffers) pointers.push_back(buffer.data());
  return pointers;
}

std::vector<std::uint8_t*> Pointers(Buffers& buffers) {
  std::vector<std::uint8_t*> pointers;
  for (auto& buffer : buffers) pointers.push_back(buffer.data());
  return pointers;
}

Buffers SeededInputs(const std::vector<TensorSpec>& specs, std::uint32_t rows) {
  Buffers inputs;
  std::uint32_t seed = kSeed;
  for (const auto& spec : specs) {
    std::mt19937 random(seed++);
    std::vector<std::uint8_t> bytes = Room(spec, rows);
    if (spec.type == DataType::kFp32) {
      for (std::size_t i = 0; i + 4 <= bytes.size(); i += 4) {
        const float value = static_cast<float>(random() % 4001) / 1000.0f - 2.0f;
        std::memcpy(&bytes[i], &value, 4);
      }
    } else {
      const unsigned values = spec.type == DataType::kBool ? 2 : 256;
      for (auto& byte : bytes) byte = static_cast<std::uint8_t>(random() % values);
    }
    inputs.push_back(std::move(bytes));
  }
  return inputs;
}

Buffers Zeros(const std::vector<TensorSpec>& specs, std::uint32_t rows) {
  Buffers buffers;
  for (const auto& spec : specs) buffers.push_back(Room(spec, rows));
  return buffers;
}

}  // namespace tinyfog::inference
