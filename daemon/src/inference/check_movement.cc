#include <algorithm>

#include "operator_view.h"
#include "validate.h"

namespace tinyfog::inference {
namespace {

Outcome<void> ExpectSameElements(const OperatorView& op) {
  if (Elements(op.InputShape()) == Elements(op.OutputShape())) return {};
  return op.Fail("input " + ShapeText(op.InputShape()) + " and output " +
                 ShapeText(op.OutputShape()) + " have different numbers of elements");
}

/// Whether `wanted`, in which one entry may be -1, is `shape`.
bool Describes(const std::vector<std::int64_t>& wanted, const Shape& shape) {
  if (wanted.size() != shape.size()) return false;
  if (std::count(wanted.begin(), wanted.end(), -1) > 1) return false;
  for (std::size_t i = 0; i < shape.size(); ++i) {
    if (wanted[i] != shape[i] && wanted[i] != -1) return false;
  }
  return true;
}

}  // namespace

Outcome<void> CheckReshape(const OperatorView& op) {
  TINYFOG_TRY(ExpectSameElements(op));
  const auto* options = op.op().builtin_options.AsReshapeOptions();
  const bool has_option = options != nullptr && !options->new_shape.empty();
  if (!has_option && !op.HasInput(1)) return op.Fail("there is no shape");
  if (has_option) {
    const std::vector<std::int64_t> wanted(options->new_shape.begin(), options->new_shape.end());
    if (!Describes(wanted, op.OutputShape()))
      return op.Fail("the option is not the output's shape");
  }
  if (op.HasInput(1)) {
    TINYFOG_TRY_ASSIGN(const auto wanted, op.Ints(1));
    if (!Describes(wanted, op.OutputShape())) return op.Fail("input 1 is not the output's shape");
  }
  return {};
}

Outcome<void> CheckSqueeze(const OperatorView& op) {
  TINYFOG_TRY(ExpectSameElements(op));
  const auto in = op.InputShape();
  const auto& dims = op.op().builtin_options.AsSqueezeOptions()->squeeze_dims;
  std::vector<bool> squeezed(in.size(), false);
  for (const auto value : dims) {
    TINYFOG_TRY_ASSIGN(const auto axis, op.Axis(value, in.size()));
    if (in[axis] != 1) return op.Fail("axis " + std::to_string(axis) + " is not 1");
    squeezed[axis] = true;
  }
  Shape out;
  for (std::size_t i = 0; i < in.size(); ++i) {
    if (dims.empty() ? in[i] != 1 : !squeezed[i]) out.push_back(in[i]);
  }
  return op.ExpectOutput(out);
}

Outcome<void> CheckConcatenation(const OperatorView& op) {
  auto out = op.InputShape();
  TINYFOG_TRY_ASSIGN(const auto axis,
                     op.Axis(op.op().builtin_options.AsConcatenationOptions()->axis, out.size()));
  for (std::size_t i = 1; i < op.inputs(); ++i) {
    auto shape = op.InputShape(i);
    if (shape.size() != out.size()) return op.Fail("inputs have different ranks");
    const auto size = shape[axis];
    shape[axis] = out[axis];
    if (shape != out) return op.Fail("inputs differ in more than the axis");
    out[axis] += size;
  }
  return op.ExpectOutput(out);
}

Outcome<void> CheckPad(const OperatorView& op) {
  auto out = op.InputShape();
  TINYFOG_TRY_ASSIGN(const auto pad, op.Ints(1));
  if (pad.size() != 2 * out.size()) return op.Fail("the padding must be two numbers per axis");
  for (std::size_t i = 0; i < out.size(); ++i) {
    if (pad[2 * i] < 0 || pad[2 * i + 1] < 0) return op.Fail("padding must not be negative");
    out[i] += pad[2 * i] + pad[2 * i + 1];
  }
  return op.ExpectOutput(out);
}

Outcome<void> CheckSlice(const OperatorView& op) {
  const auto in = op.InputShape();
  TINYFOG_TRY_ASSIGN(const auto begin, op.Ints(1));
  TINYFOG_TRY_ASSIGN(const auto size, op.Ints(2));
  if (begin.size() != in.size() || size.size() != in.size()) {
    return op.Fail("begin and size must have one number per axis");
  }
  Shape out(in.size());
  for (std::size_t i = 0; i < in.size(); ++i) {
    out[i] = size[i] == -1 ? in[i] - begin[i] : size[i];
    if (begin[i] < 0 || out[i] < 1 || begin[i] + out[i] > in[i]) {
      return op.Fail("begin " + ShapeText(begin) + " and size " + ShapeText(size) +
                     " are not inside " + ShapeText(in));
    }
  }
  return op.ExpectOutput(out);
}

Outcome<void> CheckStridedSlice(const OperatorView& op) {
  const auto in = op.InputShape();
  const auto& options = *op.op().builtin_options.AsStridedSliceOptions();
  TINYFOG_TRY_ASSIGN(const auto begin, op.Ints(1));
  TINYFOG_TRY_ASSIGN(const auto end, op.Ints(2));
  TINYFOG_TRY_ASSIGN(const auto step, op.Ints(3));
  if (begin.size() != in.size() || end.size() != in.size() || step.size() != in.size() ||
      options.ellipsis_mask != 0 || options.new_axis_mask != 0 || options.offset) {
    return op.Fail(
        "begin, end and strides must have one number per axis, without ellipsis, new "
        "axes or offset");
  }
  Shape out;
  for (std::size_t i = 0; i < in.size(); ++i) {
    const std::int32_t bit = 1 << i;
    if (step[i] < 1) return op.Fail("strides must be above zero");
    // Values count from the end when negative and are clamped, as in a Python slice.
    const auto place = [&](std::int64_t value) {
      return std::clamp<std::int64_t>(value < 0 ? value + in[i] : value, 0, in[i]);
    };
    const auto first = (options.begin_mask & bit) != 0 ? 0 : place(begin[i]);
    if ((options.shrink_axis_mask & bit) != 0) {
      if (first >= in[i] || step[i] != 1) return op.Fail("a shrunk axis is not one element");
      continue;
    }
    const auto last = (options.end_mask & bit) != 0 ? in[i] : place(end[i]);
    if (last <= first) return op.Fail("the slice is empty");
    out.push_back((last - first + step[i] - 1) / step[i]);
  }
  return op.ExpectOutput(out);
}

Outcome<void> CheckSplit(const OperatorView& op) {
  TINYFOG_TRY_ASSIGN(const auto axes, op.Ints(0));
  auto out = op.InputShape(1);
  if (axes.size() != 1) return op.Fail("the axis must be one number");
  TINYFOG_TRY_ASSIGN(const auto axis, op.Axis(axes[0], out.size()));
  const auto parts = static_cast<std::int64_t>(op.outputs());
  if (op.op().builtin_options.AsSplitOptions()->num_splits != parts || out[axis] % parts != 0) {
    return op.Fail("axis " + std::to_string(axis) + " of " + ShapeText(out) +
                   " cannot be split into " + std::to_string(parts) + " outputs");
  }
  out[axis] /= parts;
  for (std::size_t i = 0; i < op.outputs(); ++i) TINYFOG_TRY(op.ExpectOutput(out, i));
  return {};
}

Outcome<void> CheckSplitV(const OperatorView& op) {
  auto out = op.InputShape();
  TINYFOG_TRY_ASSIGN(const auto sizes, op.Ints(1));
  TINYFOG_TRY_ASSIGN(const auto axes, op.Ints(2));
  if (axes.size() != 1) return op.Fail("the axis must be one number");
  TINYFOG_TRY_ASSIGN(const auto axis, op.Axis(axes[0], out.size()));
  const auto parts = static_cast<std::int64_t>(op.outputs());
  std::int64_t sum = 0;
  for (const auto size : sizes) {
    if (size < 1) return op.Fail("every part must be above zero");
    sum += size;
  }
  if (static_cast<std::int64_t>(sizes.size()) != parts || sum != out[axis] ||
      op.op().builtin_options.AsSplitVOptions()->num_splits != parts) {
    return op.Fail("sizes " + ShapeText(sizes) + " do not split axis " + std::to_string(axis) +
                   " of " + ShapeText(out));
  }
  for (std::size_t i = 0; i < op.outputs(); ++i) {
    out[axis] = sizes[i];
    TINYFOG_TRY(op.ExpectOutput(out, i));
  }
  return {};
}

Outcome<void> CheckTranspose(const OperatorView& op) {
  const auto in = op.InputShape();
  TINYFOG_TRY_ASSIGN(const auto order, op.Ints(1));
  auto sorted = order;
  std::sort(sorted.begin(), sorted.end());
  bool permutation = order.size() == in.size();
  for (std::size_t i = 0; permutation && i < sorted.size(); ++i) {
    permutation = sorted[i] == static_cast<std::int64_t>(i);
  }
  if (!permutation) return op.Fail(ShapeText(order) + " is no permutation of the axes");
  Shape out;
  for (const auto axis : order) out.push_back(in[static_cast<std::size_t>(axis)]);
  return op.ExpectOutput(out);
}

Outcome<void> CheckPack(const OperatorView& op) {
  const auto& options = *op.op().builtin_options.AsPackOptions();
  auto out = op.InputShape();
  for (std::size_t i = 1; i < op.inputs(); ++i) {
    if (op.InputShape(i) != out) return op.Fail("inputs have different shapes");
  }
  const auto count = static_cast<std::int64_t>(op.inputs());
  if (options.values_count != count) return op.Fail("values_count is not the number of inputs");
  TINYFOG_TRY_ASSIGN(const auto axis, op.Axis(options.axis, out.size() + 1));
  if (axis == 0 && tflite::ElementBits(op.Input(0).type) != 32) {
    return op.Fail("along axis 0 the engine packs FLOAT32 and INT32 only");
  }
  out.insert(out.begin() + static_cast<std::ptrdiff_t>(axis), count);
  return op.ExpectOutput(out);
}

Outcome<void> CheckUnpack(const OperatorView& op) {
  const auto& options = *op.op().builtin_options.AsUnpackOptions();
  auto out = op.InputShape();
  TINYFOG_TRY_ASSIGN(const auto axis, op.Axis(options.axis, out.size()));
  const auto count = static_cast<std::int64_t>(op.outputs());
  if (options.num != count || out[axis] != count) {
    return op.Fail("axis " + std::to_string(axis) + " of " + ShapeText(out) +
                   " does not unpack into " + std::to_string(count) + " outputs");
  }
  out.erase(out.begin() + static_cast<std::ptrdiff_t>(axis));
  for (std::size_t i = 0; i < op.outputs(); ++i) TINYFOG_TRY(op.ExpectOutput(out, i));
  return {};
}

}  // namespace tinyfog::inference
