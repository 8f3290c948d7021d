#include "tinyfog/nn/kernels/move.h"

namespace tinyfog::nn {
namespace {

// Lowest and one past the highest element index of a view.
struct Span {
  std::int64_t begin;
  std::int64_t end;
};

Span SpanOf(std::uint32_t base, const std::uint32_t (&dimensions)[6],
            const std::int32_t (&strides)[6]) {
  Span span = {base, std::int64_t{base} + 1};
  for (int i = 0; i < 6; ++i) {
    const std::int64_t reach = std::int64_t{strides[i]} * (dimensions[i] - 1);
    (reach < 0 ? span.begin : span.end) += reach;
  }
  return span;
}

bool IsElementSize(std::uint32_t bytes) {
  return bytes == 1 || bytes == 2 || bytes == 4 || bytes == 8;
}

}  // namespace

bool VerifyCopy(const CopyParams& p, const Bounds& bounds) {
  constexpr std::uint32_t kLargest = 1u << 28;
  const std::uint32_t element = p.element_bytes;
  if (!IsElementSize(element)) return false;
  for (int i = 0; i < 6; ++i) {
    if (p.dimensions[i] == 0 || p.dimensions[i] > kLargest) return false;
  }
  const Span input = SpanOf(p.input_base, p.dimensions, p.input_strides);
  const Span output = SpanOf(p.output_base, p.dimensions, p.output_strides);
  const std::uint64_t elements = Product(p.dimensions[0], p.dimensions[1], p.dimensions[2],
                                         p.dimensions[3], p.dimensions[4], p.dimensions[5]);
  // Each element has a place of its own in the output, so there are no more than fit the arena.
  return bounds.Writes(0, Product(elements, element)) && input.begin >= 0 && output.begin >= 0 &&
         bounds.Reads(p.input, Product(input.end, element), element) &&
         bounds.Writes(p.output, Product(output.end, element), element);
}

bool VerifyFill(const FillParams& p, const Bounds& bounds) {
  const std::uint32_t element = p.element_bytes;
  return (element == 1 || element == 2 || element == 4) &&
         bounds.Writes(p.output, Product(p.count, element), element);
}

bool VerifyLookup8(const Lookup8Params& p, const Bounds& bounds) {
  return p.flip < 256 && bounds.Reads(p.table, 256) && bounds.Reads(p.input, p.count) &&
         bounds.Writes(p.output, p.count);
}

bool VerifyGather(const GatherParams& p, const Bounds& bounds) {
  return ArePositive(p.batches, p.outer, p.axis, p.index_count, p.inner_bytes) &&
         p.axis <= 0x7FFFFFFF &&
         bounds.Reads(p.input, Product(p.batches, p.outer, p.axis, p.inner_bytes)) &&
         bounds.Reads(p.indices, Product(p.batches, p.index_count, 4), 4) &&
         bounds.Writes(p.output, Product(p.batches, p.outer, p.index_count, p.inner_bytes));
}

bool VerifyGatherNd(const GatherNdParams& p, const Bounds& bounds) {
  if (p.depth > 4 || !ArePositive(p.count, p.depth, p.slice_bytes)) return false;
  std::uint64_t bytes = p.slice_bytes;
  for (std::uint32_t i = 0; i < p.depth; ++i) {
    if (p.dimensions[i] == 0 || p.dimensions[i] > 0x7FFFFFFF) return false;
    bytes = Product(bytes, p.dimensions[i]);
  }
  return bounds.Reads(p.input, bytes) && bounds.Reads(p.indices, Product(p.count, p.depth, 4), 4) &&
         bounds.Writes(p.output, Product(p.count, p.slice_bytes));
}

}  // namespace tinyfog::nn
