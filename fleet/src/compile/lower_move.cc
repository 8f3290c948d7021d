#include <algorithm>

#include "copy.h"
#include "lower.h"
#include "scale.h"

namespace tinyfog::compile {
namespace {

std::vector<std::int64_t> Sizes(const graph::Tensor& tensor) {
  return {tensor.shape.begin(), tensor.shape.end()};
}

View Whole(const graph::Tensor& tensor) { return {0, StridesOf(tensor.shape)}; }

// Whether outputs can be made from inputs by moving elements.
Outcome<void> CheckMove(const Context& context, const graph::Tensor& from,
                        const graph::Tensor& to) {
  if (from.type != to.type || from.four_bit || to.four_bit) {
    return context.Unsupported("input and output must have the same type");
  }
  return {};
}

// The value that pads a quantised tensor is its zero point.
Outcome<std::uint32_t> PadValue(const Context& context) {
  const graph::Tensor& input = context.In(0);
  if (!context.Has(2)) return static_cast<std::uint32_t>(input.quantization.zero_point());
  const graph::Tensor& value = context.In(2);
  if (!value.constant || value.type != input.type || value.elements() != 1) {
    return context.Unsupported("the padding value must be a constant of the input's type");
  }
  std::uint32_t bits = 0;
  std::memcpy(&bits, value.constant->data(), std::min<std::size_t>(4, value.bytes()));
  return bits;
}

struct Paddings {
  std::vector<std::int64_t> before;
  std::vector<std::int64_t> after;
};
Outcome<Paddings> PaddingsOf(const Context& context) {
  TINYFOG_TRY_ASSIGN(const auto values, context.Integers(1));
  const auto& input = context.In(0).shape;
  const auto& output = context.Out().shape;
  if (values.size() != input.size() * 2 || output.size() != input.size()) {
    return context.Invalid("the paddings do not fit the input");
  }
  Paddings p;
  for (std::size_t i = 0; i < input.size(); ++i) {
    p.before.push_back(values[i * 2]);
    p.after.push_back(values[i * 2 + 1]);
    if (p.before[i] < 0 || p.after[i] < 0 || p.before[i] + input[i] + p.after[i] != output[i]) {
      return context.Invalid("the output's shape does not fit the paddings");
    }
  }
  return p;
}

// Copies along one axis between `part` and a run of `whole` that starts at `first`.
Outcome<void> CopySlab(Context& context, int part, int whole, std::size_t axis, std::int64_t first,
                       const graph::Tensor& part_tensor, const graph::Tensor& whole_tensor,
                       bool into_whole) {
  View slab = Whole(whole_tensor);
  slab.base = first * slab.strides[axis];
  const View all = Whole(part_tensor);
  return into_whole ? EmitCopy(context, part, all, whole, slab, Sizes(part_tensor))
                    : EmitCopy(context, whole, slab, part, all, Sizes(part_tensor));
}

bool SameExceptAxis(const graph::Tensor& a, const graph::Tensor& b, std::size_t axis) {
  if (a.shape.size() != b.shape.size()) return false;
  for (std::size_t i = 0; i < a.shape.size(); ++i) {
    if (i != axis && a.shape[i] != b.shape[i]) return false;
  }
  return true;
}

}  // namespace

Outcome<void> LowerTranspose(Context& context) {
  TINYFOG_TRY(context.Expect(2));
  const graph::Tensor& input = context.In(0);
  const graph::Tensor& output = context.Out();
  TINYFOG_TRY(CheckMove(context, input, output));
  TINYFOG_TRY_ASSIGN(const auto permutation, context.Integers(1));
  const std::size_t rank = input.shape.size();
  if (permutation.size() != rank || output.shape.size() != rank) {
    return context.Invalid("the permutation does not fit the input");
  }
  const auto strides = StridesOf(input.shape);
  View from;
  std::vector<bool> seen(rank);
  for (std::size_t i = 0; i < rank; ++i) {
    TINYFOG_TRY_ASSIGN(const std::size_t axis, AxisOf(context, permutation[i], rank));
    if (seen[axis] || input.shape[axis] != output.shape[i]) {
      return context.Invalid("the permutation does not fit the output");
    }
    seen[axis] = true;
    from.strides.push_back(strides[axis]);
  }
  return EmitCopy(context, context.InTensor(0), from, context.OutTensor(), Whole(output),
                  Sizes(output));
}

Outcome<void> LowerPad(Context& context) {
  TINYFOG_TRY(context.Expect(2));
  TINYFOG_TRY(CheckMove(context, context.In(0), context.Out()));
  TINYFOG_TRY_ASSIGN(const Paddings paddings, PaddingsOf(context));
  TINYFOG_TRY_ASSIGN(const std::uint32_t value, PadValue(context));
  EmitFill(context, context.OutTensor(), value);
  View inside = Whole(context.Out());
  for (std::size_t i = 0; i < paddings.before.size(); ++i) {
    inside.base += paddings.before[i] * inside.strides[i];
  }
  return EmitCopy(context, context.InTensor(0), Whole(context.In(0)), context.OutTensor(), inside,
                  Sizes(context.In(0)));
}

// The inside first; then, axis by axis, the borders are mirrored from what is there already.
Outcome<void> LowerMirrorPad(Context& context) {
  TINYFOG_TRY(context.Expect(2));
  const graph::Tensor& input = context.In(0);
  const graph::Tensor& output = context.Out();
  TINYFOG_TRY(CheckMove(context, input, output));
  TINYFOG_TRY_ASSIGN(const Paddings p, PaddingsOf(context));
  const std::int64_t skip = context.attributes().symmetric ? 0 : 1;
  View inside = Whole(output);
  for (std::size_t i = 0; i < p.before.size(); ++i) {
    if (std::max(p.before[i], p.after[i]) + skip > input.shape[i]) {
      return context.Invalid("the padding is larger than the input");
    }
    inside.base += p.before[i] * inside.strides[i];
  }
  TINYFOG_TRY(EmitCopy(context, context.InTensor(0), Whole(input), context.OutTensor(), inside,
                       Sizes(input)));
  const int tensor = context.OutTensor();
  std::vector<std::int64_t> done = Sizes(input);  // what is filled in, axis by axis
  std::int64_t origin = inside.base;
  for (std::size_t axis = 0; axis < done.size(); ++axis) {
    const std::int64_t stride = inside.strides[axis];
    std::vector<std::int64_t> border = done;
    View mirrored = inside;
    mirrored.strides[axis] = -stride;
    View target = inside;
    border[axis] = p.before[axis];
    mirrored.base = origin + (p.before[axis] - 1 + skip) * stride;
    target.base = origin - p.before[axis] * stride;
    TINYFOG_TRY(EmitCopy(context, tensor, mirrored, tensor, target, border));
    border[axis] = p.after[axis];
    mirrored.base = origin + (input.shape[axis] - 1 - skip) * stride;
    target.base = origin + input.shape[axis] * stride;
    TINYFOG_TRY(EmitCopy(context, tensor, mirrored, tensor, target, border));
    done[axis] = output.shape[axis];
    origin -= p.before[axis] * stride;
  }
  return {};
}

Outcome<void> LowerConcatenation(Context& context) {
  TINYFOG_TRY(context.Expect(1));
  const graph::Tensor& output = context.Out();
  TINYFOG_TRY_ASSIGN(const std::size_t axis,
                     AxisOf(context, context.attributes().axis, output.shape.size()));
  if (context.attributes().activation != graph::Activation::kNone) {
    return context.Unsupported("a fused activation is not supported");
  }
  std::int64_t first = 0;
  for (std::size_t i = 0; i < context.input_count(); ++i) {
    TINYFOG_TRY(context.Expect(i + 1));
    const graph::Tensor& input = context.In(i);
    TINYFOG_TRY(CheckMove(context, input, output));
    if (!SameExceptAxis(input, output, axis) || first + input.shape[axis] > output.shape[axis]) {
      return context.Invalid("the inputs do not fit the output");
    }
    if (input.type == nn::Type::kInt8 &&
        (input.quantization.scale() != output.quantization.scale() ||
         input.quantization.zero_point() != output.quantization.zero_point())) {
      return context.Unsupported("inputs and output must have the same quantisation");
    }
    TINYFOG_TRY(CopySlab(context, context.InTensor(i), context.OutTensor(), axis, first, input,
                         output, true));
    first += input.shape[axis];
  }
  return first == output.shape[axis] ? Outcome<void>()
                                     : context.Invalid("the inputs do not fill the output");
}

Outcome<void> LowerSplit(Context& context) {
  TINYFOG_TRY(context.Expect(2));
  const bool has_sizes = context.node().op == graph::Op::kSplitV;
  const std::size_t data = has_sizes ? 0 : 1;
  TINYFOG_TRY_ASSIGN(const auto axes, context.Integers(has_sizes ? 2 : 0));
  const graph::Tensor& input = context.In(data);
  if (axes.size() != 1) return context.Invalid("the axis must be one number");
  TINYFOG_TRY_ASSIGN(const std::size_t axis, AxisOf(context, axes[0], input.shape.size()));
  std::int64_t first = 0;
  for (std::size_t i = 0; i < context.output_count(); ++i) {
    const graph::Tensor& output = context.Out(i);
    TINYFOG_TRY(CheckMove(context, input, output));
    if (!SameExceptAxis(input, output, axis) || first + output.shape[axis] > input.shape[axis]) {
      return context.Invalid("the outputs do not fit the input");
    }
    TINYFOG_TRY(CopySlab(context, context.OutTensor(i), context.InTensor(data), axis, first, output,
                         input, false));
    first += output.shape[axis];
  }
  return {};
}

Outcome<void> LowerSlice(Context& context) {
  TINYFOG_TRY(context.Expect(3));
  const graph::Tensor& input = context.In(0);
  const graph::Tensor& output = context.Out();
  TINYFOG_TRY(CheckMove(context, input, output));
  TINYFOG_TRY_ASSIGN(const auto begin, context.Integers(1));
  View from = Whole(input);
  if (begin.size() != input.shape.size() || output.shape.size() != input.shape.size()) {
    return context.Invalid("begin does not fit the input");
  }
  for (std::size_t i = 0; i < begin.size(); ++i) {
    if (begin[i] < 0 || begin[i] + output.shape[i] > input.shape[i]) {
      return context.Invalid("the slice leaves the input");
    }
    from.base += begin[i] * from.strides[i];
  }
  return EmitCopy(context, context.InTensor(0), from, context.OutTensor(), Whole(output),
                  Sizes(output));
}

Outcome<void> LowerStridedSlice(Context& context) {
  TINYFOG_TRY(context.Expect(4));
  const graph::Tensor& input = context.In(0);
  const graph::Tensor& output = context.Out();
  TINYFOG_TRY(CheckMove(context, input, output));
  const graph::Attributes& a = context.attributes();
  TINYFOG_TRY_ASSIGN(const auto begin, context.Integers(1));
  TINYFOG_TRY_ASSIGN(const auto end, context.Integers(2));
  TINYFOG_TRY_ASSIGN(const auto step, context.Integers(3));
  const std::size_t rank = input.shape.size();
  if (a.ellipsis_mask != 0 || a.new_axis_mask != 0 || begin.size() > rank ||
      end.size() != begin.size() || step.size() != begin.size()) {
    return context.Unsupported("ellipsis and new axes are not supported");
  }
  View from = Whole(input);
  std::vector<std::int64_t> sizes = Sizes(input);
  std::int64_t count = 1;
  for (std::size_t i = 0; i < rank; ++i) {
    if (i < begin.size()) {
      const std::int64_t size = input.shape[i];
      const std::int64_t stride = step[i];
      if (stride == 0) return context.Invalid("a stride is 0");
      const std::int64_t lowest = stride > 0 ? 0 : -1;
      const std::int64_t highest = stride > 0 ? size : size - 1;
      const auto clamped = [&](std::int64_t v) {
        return std::clamp(v < 0 ? v + size : v, lowest, highest);
      };
      const bool shrinks = (a.shrink_axis_mask >> i) & 1;
      std::int64_t first =
          (a.begin_mask >> i) & 1 ? (stride > 0 ? 0 : size - 1) : clamped(begin[i]);
      std::int64_t last = (a.end_mask >> i) & 1 ? (stride > 0 ? size : -1) : clamped(end[i]);
      if (shrinks) last = first + 1;
      const std::int64_t distance = shrinks ? 1 : last - first;
      const std::int64_t step_now = shrinks ? 1 : stride;
      sizes[i] =
          std::max<std::int64_t>(0, (distance + step_now - (step_now > 0 ? 1 : -1)) / step_now);
      if (first < 0 || first >= size) sizes[i] = 0;
      from.base += first * from.strides[i];
      from.strides[i] *= step_now;
    }
    count *= sizes[i];
  }
  if (count != static_cast<std::int64_t>(output.elements())) {
    return context.Invalid("the output's shape does not fit the slice");
  }
  std::vector<std::int64_t> strides(rank, 1);
  for (std::size_t i = rank; i-- > 1;) strides[i - 1] = strides[i] * sizes[i];
  return EmitCopy(context, context.InTensor(0), from, context.OutTensor(), {0, strides}, sizes);
}

Outcome<void> LowerPack(Context& context) {
  TINYFOG_TRY(context.Expect(1));
  const graph::Tensor& output = context.Out();
  TINYFOG_TRY_ASSIGN(const std::size_t axis,
                     AxisOf(context, context.attributes().axis, output.shape.size()));
  if (static_cast<std::int64_t>(context.input_count()) != output.shape[axis]) {
    return context.Invalid("the number of inputs does not fit the output");
  }
  const auto strides = StridesOf(output.shape);
  for (std::size_t i = 0; i < context.input_count(); ++i) {
    TINYFOG_TRY(context.Expect(i + 1));
    const graph::Tensor& input = context.In(i);
    TINYFOG_TRY(CheckMove(context, input, output));
    if (input.elements() * context.input_count() != output.elements()) {
      return context.Invalid("the inputs do not fit the output");
    }
    std::vector<std::int64_t> sizes = Sizes(output);
    sizes[axis] = 1;
    View from{0, std::vector<std::int64_t>(sizes.size(), 1)};
    for (std::size_t d = sizes.size(); d-- > 1;) from.strides[d - 1] = from.strides[d] * sizes[d];
    TINYFOG_TRY(EmitCopy(context, context.InTensor(i), from, context.OutTensor(),
                         {static_cast<std::int64_t>(i) * strides[axis], strides}, sizes));
  }
  return {};
}

Outcome<void> LowerUnpack(Context& context) {
  TINYFOG_TRY(context.Expect(1));
  const graph::Tensor& input = context.In(0);
  TINYFOG_TRY_ASSIGN(const std::size_t axis,
                     AxisOf(context, context.attributes().axis, input.shape.size()));
  if (static_cast<std::int64_t>(context.output_count()) != input.shape[axis]) {
    return context.Invalid("the number of outputs does not fit the input");
  }
  const auto strides = StridesOf(input.shape);
  for (std::size_t i = 0; i < context.output_count(); ++i) {
    TINYFOG_TRY(CheckMove(context, input, context.Out(i)));
    if (context.Out(i).elements() * context.output_count() != input.elements()) {
      return context.Invalid("the outputs do not fit the input");
    }
    std::vector<std::int64_t> sizes = Sizes(input);
    sizes[axis] = 1;
    View to{0, std::vector<std::int64_t>(sizes.size(), 1)};
    for (std::size_t d = sizes.size(); d-- > 1;) to.strides[d - 1] = to.strides[d] * sizes[d];
    TINYFOG_TRY(EmitCopy(context, context.InTensor(0),
                         {static_cast<std::int64_t>(i) * strides[axis], strides},
                         context.OutTensor(i), to, sizes));
  }
  return {};
}

Outcome<void> LowerReverse(Context& context) {
  TINYFOG_TRY(context.Expect(2));
  const graph::Tensor& input = context.In(0);
  TINYFOG_TRY(CheckMove(context, input, context.Out()));
  TINYFOG_TRY_ASSIGN(const auto axes, context.Integers(1));
  if (input.shape != context.Out().shape) return context.Invalid("the shapes differ");
  View from = Whole(input);
  for (const std::int64_t value : axes) {
    TINYFOG_TRY_ASSIGN(const std::size_t axis, AxisOf(context, value, input.shape.size()));
    if (from.strides[axis] < 0) return context.Invalid("an axis is named twice");
    from.base += (input.shape[axis] - 1) * from.strides[axis];
    from.strides[axis] = -from.strides[axis];
  }
  return EmitCopy(context, context.InTensor(0), from, context.OutTensor(), Whole(context.Out()),
                  Sizes(input));
}

Outcome<void> LowerBroadcastTo(Context& context) {
  TINYFOG_TRY(context.Expect(1));
  const graph::Tensor& input = context.In(0);
  const graph::Tensor& output = context.Out();
  TINYFOG_TRY(CheckMove(context, input, output));
  if (input.shape.size() > output.shape.size()) return context.Invalid("the rank shrinks");
  const std::size_t extra = output.shape.size() - input.shape.size();
  const auto strides = StridesOf(input.shape);
  View from{0, std::vector<std::int64_t>(output.shape.size(), 0)};
  for (std::size_t i = 0; i < input.shape.size(); ++i) {
    if (input.shape[i] == 1) continue;
    if (input.shape[i] != output.shape[extra + i]) {
      return context.Invalid("the input does not broadcast to the output");
    }
    from.strides[extra + i] = strides[i];
  }
  return EmitCopy(context, context.InTensor(0), from, context.OutTensor(), Whole(output),
                  Sizes(output));
}

}  // namespace tinyfog::compile
