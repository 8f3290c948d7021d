#pragma once

#include "kernels/x86/inline.h"
#include "tinyfog/nn/kernels/elementwise.h"
#include "tinyfog/nn/kernels/pool.h"

/// Float operators over a vector type R whose results equal the generic ones' bit for bit; forms
/// that no model needs fast are left to these.
namespace tinyfog::nn::x86 {

/// Elements of an operation on two operands of the output's own shape, else 0.
TINYFOG_INLINE std::size_t DenseElements(const BinaryShape& shape) {
  std::size_t count = 1;
  for (int i = 3; i >= 0; --i) {
    if (shape.dimensions[i] == 1) continue;
    if (shape.a_strides[i] != count || shape.b_strides[i] != count) return 0;
    count *= shape.dimensions[i];
  }
  return count;
}

template <class R, bool kAdds>
void SumVectors(const BinaryParams& p, std::size_t count, Memory memory) {
  const auto* a = memory.Read<float>(p.shape.a);
  const auto* b = memory.Read<float>(p.shape.b);
  auto* output = memory.Write<float>(p.shape.output);
  const auto least = R::Set(__builtin_bit_cast(float, p.clamp_min));
  const auto most = R::Set(__builtin_bit_cast(float, p.clamp_max));
  const auto result = [&](auto x, auto y) {
    return R::AtMost(R::AtLeast(kAdds ? R::Add(x, y) : R::Subtract(x, y), least), most);
  };
  std::size_t i = 0;
  for (; i + R::kLanes <= count; i += R::kLanes) {
    R::Store(output + i, result(R::Load(a + i), R::Load(b + i)));
  }
  for (; i < count; ++i) R::Store(output + i, result(R::Set(a[i]), R::Set(b[i])), 1);
}

template <class R>
void RunBinaryVectors(const BinaryParams& p, Memory memory) {
  const bool is_sum = p.op == BinaryOp::kAdd || p.op == BinaryOp::kSub;
  const std::size_t count = is_sum ? DenseElements(p.shape) : 0;
  if (count == 0) {
    RunBinaryFloat(p, memory);
  } else if (p.op == BinaryOp::kAdd) {
    SumVectors<R, true>(p, count, memory);
  } else {
    SumVectors<R, false>(p, count, memory);
  }
}

/// The part of a window that lies in the map: begin and end in one direction.
struct Span {
  std::int32_t first;
  std::int32_t end;
};
TINYFOG_INLINE Span SpanOf(std::int32_t start, std::int32_t size, std::int32_t limit) {
  return {start < 0 ? 0 : start, start + size < limit ? start + size : limit};
}

template <class R>
TINYFOG_INLINE void AverageWindow(const PoolParams& p, const float* input, Span rows, Span columns,
                                  float* output) {
  const std::uint32_t channels = p.channels;
  const auto pixels = static_cast<float>((rows.end - rows.first) * (columns.end - columns.first));
  const auto least = R::Set(__builtin_bit_cast(float, p.clamp_min));
  const auto most = R::Set(__builtin_bit_cast(float, p.clamp_max));
  for (std::uint32_t c = 0; c < channels; c += R::kLanes) {
    // The last vector may overlap the one before it.
    const std::uint32_t first = Smaller(c, channels - R::kLanes);
    auto sum = R::Set(0);
    for (std::int32_t y = rows.first; y < rows.end; ++y) {
      const float* pixel = input + (y * p.input_width + columns.first) * channels + first;
      for (std::int32_t x = columns.first; x < columns.end; ++x, pixel += channels) {
        sum = R::Add(sum, R::Load(pixel));
      }
    }
    R::Store(output + first, R::AtMost(R::AtLeast(R::Divide(sum, R::Set(pixels)), least), most));
  }
}

template <class R>
void RunAveragePoolVectors(const PoolParams& p, Memory memory) {
  const bool may_be_empty = p.pad_top >= p.filter_height || p.pad_left >= p.filter_width ||
                            (p.output_height - 1) * p.stride_height - p.pad_top >= p.input_height ||
                            (p.output_width - 1) * p.stride_width - p.pad_left >= p.input_width ||
                            p.pad_top < 0 || p.pad_left < 0;
  if (p.channels < R::kLanes || may_be_empty) {
    RunAveragePoolFloat(p, memory);
    return;
  }
  const auto* input = memory.Read<float>(p.input);
  auto* output = memory.Write<float>(p.output);
  for (std::uint32_t n = 0; n < p.batches; ++n) {
    for (std::int32_t y = 0; y < p.output_height; ++y) {
      const Span rows = SpanOf(y * p.stride_height - p.pad_top, p.filter_height, p.input_height);
      for (std::int32_t x = 0; x < p.output_width; ++x) {
        AverageWindow<R>(p, input, rows,
                         SpanOf(x * p.stride_width - p.pad_left, p.filter_width, p.input_width),
                         output);
        output += p.channels;
      }
    }
    input += std::size_t{p.input_height} * p.input_width * p.channels;
  }
}

}  // namespace tinyfog::nn::x86
