#include <algorithm>

#include "copy.h"
#include "lower.h"

namespace tinyfog::compile {
namespace {

std::vector<std::int64_t> DenseStrides(const std::vector<std::int64_t>& sizes) {
  std::vector<std::int64_t> strides(sizes.size(), 1);
  for (std::size_t i = sizes.size(); i-- > 1;) strides[i - 1] = strides[i] * sizes[i];
  return strides;
}

// SPACE_TO_BATCH_ND and its inverse, as NHWC with two block dimensions.
struct Blocks {
  std::int64_t height, width, channels, batches;  // of the small-batch side
  std::int64_t block_height, block_width;
  std::int64_t before_height, before_width;  // padding or cropping
  std::int64_t rows, columns;                // of the large-batch side
};

Outcome<Blocks> BlocksOf(const Context& context, const graph::Tensor& small,
                         const graph::Tensor& large) {
  TINYFOG_TRY_ASSIGN(auto block, context.Integers(1));
  TINYFOG_TRY_ASSIGN(auto edges, context.Integers(2));
  std::vector<std::int64_t> near(small.shape.begin(), small.shape.end());
  std::vector<std::int64_t> far(large.shape.begin(), large.shape.end());
  if (near.size() == 3 && far.size() == 3 && block.size() == 1 && edges.size() == 2) {
    near.insert(near.begin() + 2, 1);  // [N,H,C] is [N,H,1,C]
    far.insert(far.begin() + 2, 1);
    block.push_back(1);
    edges.insert(edges.end(), {0, 0});
  }
  if (near.size() != 4 || far.size() != 4 || block.size() != 2 || edges.size() != 4) {
    return context.Unsupported(
        "supported are three dimensions with one block size, or four with two");
  }
  const Blocks b = {near[1],  near[2],  near[3],  near[0], block[0],
                    block[1], edges[0], edges[2], far[1],  far[2]};
  const bool fits = b.block_height > 0 && b.block_width > 0 && b.block_height < 4096 &&
                    b.block_width < 4096 && edges[0] >= 0 && edges[1] >= 0 && edges[2] >= 0 &&
                    edges[3] >= 0 && far[3] == b.channels &&
                    far[0] == b.batches * b.block_height * b.block_width &&
                    b.rows * b.block_height == b.height + edges[0] + edges[1] &&
                    b.columns * b.block_width == b.width + edges[2] + edges[3];
  if (!fits) return context.Invalid("the shapes do not fit the block");
  return b;
}

// The positions o with 0 <= o * block + phase - before < limit, within [0, count).
struct Run {
  std::int64_t first;
  std::int64_t count;
};
Run Inside(std::int64_t phase, std::int64_t before, std::int64_t block, std::int64_t limit,
           std::int64_t count) {
  const std::int64_t first = std::max<std::int64_t>(0, (before - phase + block - 1) / block);
  const std::int64_t end = std::min(count, (limit + before - phase + block - 1) / block);
  return {first, std::max<std::int64_t>(0, end - first)};
}

// One copy for each place in the block.
Outcome<void> CopyBlocks(Context& context, const Blocks& b, bool into_batches) {
  const std::vector<std::int64_t> near = DenseStrides({b.batches, b.height, b.width, b.channels});
  const std::vector<std::int64_t> far = DenseStrides({b.batches, b.rows, b.columns, b.channels});
  for (std::int64_t by = 0; by < b.block_height; ++by) {
    for (std::int64_t bx = 0; bx < b.block_width; ++bx) {
      const Run y = Inside(by, b.before_height, b.block_height, b.height, b.rows);
      const Run x = Inside(bx, b.before_width, b.block_width, b.width, b.columns);
      if (y.count == 0 || x.count == 0) continue;
      View small{(y.first * b.block_height + by - b.before_height) * near[1] +
                     (x.first * b.block_width + bx - b.before_width) * near[2],
                 {near[0], near[1] * b.block_height, near[2] * b.block_width, 1}};
      View large{
          (by * b.block_width + bx) * b.batches * far[0] + y.first * far[1] + x.first * far[2],
          {far[0], far[1], far[2], 1}};
      const std::vector<std::int64_t> sizes = {b.batches, y.count, x.count, b.channels};
      TINYFOG_TRY(
          into_batches
              ? EmitCopy(context, context.InTensor(0), small, context.OutTensor(), large, sizes)
              : EmitCopy(context, context.InTensor(0), large, context.OutTensor(), small, sizes));
    }
  }
  return {};
}

}  // namespace

Outcome<void> LowerSpaceDepth(Context& context) {
  TINYFOG_TRY(context.Expect(1));
  const bool to_depth = context.node().op == graph::Op::kSpaceToDepth;
  const graph::Tensor& map = to_depth ? context.In(0) : context.Out();   // the large map
  const graph::Tensor& deep = to_depth ? context.Out() : context.In(0);  // the many channels
  const std::int64_t b = context.attributes().block_size;
  if (map.type != deep.type || map.shape.size() != 4 || deep.shape.size() != 4 || b < 1 ||
      map.shape[0] != deep.shape[0] || map.shape[1] != deep.shape[1] * b ||
      map.shape[2] != deep.shape[2] * b || deep.shape[3] != map.shape[3] * b * b) {
    return context.Invalid("the shapes do not fit the block size");
  }
  const std::int64_t n = deep.shape[0], h = deep.shape[1], w = deep.shape[2];
  const std::int64_t row = map.shape[3] * b;  // of one block, adjacent on both sides
  const std::vector<std::int64_t> sizes = {n, h, b, w, row};
  const View map_view{0, DenseStrides({n, h, b, w, row})};
  const View deep_view{0, {h * w * b * row, w * b * row, row, b * row, 1}};
  return to_depth ? EmitCopy(context, context.InTensor(0), map_view, context.OutTensor(), deep_view,
                             sizes)
                  : EmitCopy(context, context.InTensor(0), deep_view, context.OutTensor(), map_view,
                             sizes);
}

Outcome<void> LowerSpaceBatch(Context& context) {
  TINYFOG_TRY(context.Expect(3));
  const bool into_batches = context.node().op == graph::Op::kSpaceToBatchNd;
  const graph::Tensor& input = context.In(0);
  const graph::Tensor& output = context.Out();
  if (input.type != output.type) return context.Invalid("the types differ");
  TINYFOG_TRY_ASSIGN(const Blocks blocks, BlocksOf(context, into_batches ? input : output,
                                                   into_batches ? output : input));
  if (into_batches && input.elements() != output.elements()) {
    EmitFill(context, context.OutTensor(),
             static_cast<std::uint32_t>(input.quantization.zero_point()));
  }
  return CopyBlocks(context, blocks, into_batches);
}

}  // namespace tinyfog::compile
