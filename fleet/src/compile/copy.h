#pragma once

#include "context.h"

namespace tinyfog::compile {

/// A strided view of a tensor, in elements.
struct View {
  std::int64_t base = 0;
  std::vector<std::int64_t> strides;
};

/// Row-major strides of a shape.
std::vector<std::int64_t> StridesOf(const std::vector<std::int32_t>& shape);

/// Adds the step that copies `dimensions` elements from one view to another.
/// Errors: more than six dimensions that cannot be merged.
Outcome<void> EmitCopy(Context& context, int input, View from, int output, View to,
                       std::vector<std::int64_t> dimensions);

/// Adds the step that fills a tensor with one value (its low bytes).
void EmitFill(Context& context, int output, std::uint32_t value);

/// Makes an axis non-negative. Errors: outside the rank.
Outcome<std::size_t> AxisOf(const Context& context, std::int64_t axis, std::size_t rank);

}  // namespace tinyfog::compile
