#include <bit>

#include "kernels/portable/table16.h"
#include "tinyfog/nn/kernels/softmax.h"

namespace tinyfog::nn {
namespace {

void Row(const SoftmaxParams& p, const std::int16_t* tables, const std::int16_t* x,
         std::int16_t* y) {
  std::int32_t highest = -32768;
  for (std::uint32_t i = 0; i < p.depth; ++i) highest = x[i] > highest ? x[i] : highest;
  std::int32_t sum = 0;  // Q16
  for (std::uint32_t i = 0; i < p.depth; ++i) {
    // [-65535, 0] is [-10, 0], centred for the table.
    const std::int32_t scaled = Rescale(x[i] - highest, p.multiplier, p.shift);
    y[i] = portable::TableLookup(tables, WrapAdd(scaled, 32767));
    sum = WrapAdd(sum, y[i]);
  }
  const int headroom = std::countl_zero(static_cast<std::uint32_t>(sum));
  if (headroom < 1 || headroom > 30) return;  // no sum of exponentials
  const std::int64_t normal = (std::int64_t{sum} << (headroom - 1)) + (1 << 13);
  const std::int32_t position = static_cast<std::int32_t>(normal >> 14) - (1 << 15) - (1 << 16);
  const std::int64_t reciprocal = portable::TableLookup(tables + 513, position);
  const int shift = 31 - headroom;
  for (std::uint32_t i = 0; i < p.depth; ++i) {
    const std::int64_t product = y[i] * reciprocal + (std::int64_t{1} << (shift - 1));
    y[i] =
        static_cast<std::int16_t>(ClampTo(product >> shift, std::int64_t{0}, std::int64_t{32767}));
  }
}

}  // namespace

void RunSoftmaxInt16(const SoftmaxParams& p, Memory memory) {
  const std::int16_t* tables = memory.Read<std::int16_t>(p.tables);
  const std::int16_t* x = memory.Read<std::int16_t>(p.input);
  std::int16_t* y = memory.Write<std::int16_t>(p.output);
  for (std::uint32_t row = 0; row < p.rows; ++row, x += p.depth, y += p.depth) {
    Row(p, tables, x, y);
  }
}

}  // namespace tinyfog::nn
