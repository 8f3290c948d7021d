#include "tinyfog/nn/fixed_point.h"
#include "tinyfog/nn/kernels/unary.h"

namespace tinyfog::nn {
namespace {

// The table's value at `position`, which has `bits` fractional bits, scaled by 2^bits.
std::uint32_t Interpolate(const std::uint16_t* table, std::uint32_t position, unsigned bits,
                          std::uint32_t beyond) {
  const std::uint32_t index = position >> bits;
  if (index >= 255) return beyond;
  const std::uint32_t low = table[index];
  const std::uint32_t high = table[index + 1];
  return (low << bits) + (position & ((1u << bits) - 1)) * (high - low);
}

std::int16_t Logistic(const std::uint16_t* table, std::int32_t x) {
  const std::uint32_t position = x < 0 ? 0u - static_cast<std::uint32_t>(x) : x;
  std::uint32_t y = Interpolate(table, position, 9, 0x7FFFu << 10);
  y = x >= 0 ? y + (1 << 9) : (1u << 25) - y + (1 << 9) - 1;
  return static_cast<std::int16_t>(y >> 10);
}

std::int16_t Tanh(const std::uint16_t* table, std::int32_t x) {
  const std::uint32_t position = x < 0 ? 0u - static_cast<std::uint32_t>(x) : x;
  const std::int32_t y = static_cast<std::int32_t>(Interpolate(table, position, 8, 0xFFFFu << 8));
  const std::int32_t centred = x >= 0 ? y - (1 << 23) + (1 << 7) : -y + (1 << 23) + (1 << 7) - 1;
  return static_cast<std::int16_t>(centred >> 8);
}

}  // namespace

void RunLookup16(const Lookup16Params& p, Memory memory) {
  const std::int16_t* input = memory.Read<std::int16_t>(p.input);
  const std::uint16_t* table = memory.Read<std::uint16_t>(p.table);
  std::int16_t* output = memory.Write<std::int16_t>(p.output);
  const std::int32_t half = p.shift > 0 ? 1 << (p.shift - 1) : 0;
  for (std::uint32_t i = 0; i < p.count; ++i) {
    const std::int32_t x = WrapAdd(WrapMul(input[i], p.multiplier), half) >> p.shift;
    output[i] = p.tanh ? Tanh(table, x) : Logistic(table, x);
  }
}

}  // namespace tinyfog::nn
