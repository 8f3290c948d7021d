#include "tinyfog/graph/padding.h"

#include <algorithm>

namespace tinyfog::graph {
namespace {

struct Window {
  int input;
  int output;
  int stride;
  int reach;  // of the dilated kernel
};

// Puts the padding before and after the map; false when the output's size does not fit.
bool Fit(const Window& w, bool same, bool is_explicit, int& before, int& after) {
  if (!is_explicit && same) {
    const int total = std::max(0, (w.output - 1) * w.stride + w.reach - w.input);
    before = total / 2;
    after = total - before;
    return w.output == (w.input + w.stride - 1) / w.stride;
  }
  const int room = w.input + before + after - w.reach;
  return room >= 0 && w.output == room / w.stride + 1;
}

}  // namespace

std::optional<Padding> PaddingOf(const Attributes& a, const Tensor& input, const Tensor& output,
                                 int kernel_height, int kernel_width) {
  Padding p = a.padding.value_or(Padding{});
  const bool is_explicit = a.padding.has_value();
  const Window rows = {input.shape[1], output.shape[1], a.stride_height,
                       (kernel_height - 1) * a.dilation_height + 1};
  const Window columns = {input.shape[2], output.shape[2], a.stride_width,
                          (kernel_width - 1) * a.dilation_width + 1};
  if (!Fit(rows, a.same_padding, is_explicit, p.top, p.bottom) ||
      !Fit(columns, a.same_padding, is_explicit, p.left, p.right)) {
    return std::nullopt;
  }
  return p;
}

}  // namespace tinyfog::graph
