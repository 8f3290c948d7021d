#include "model_file.h"
#include "operator_view.h"

// Where Arm NN 20.08 computes something else than TensorFlow Lite defines, by much more than
// rounding.
namespace tinyfog::inference {
namespace {

using Op = tflite::BuiltinOperator;
using tflite::TensorType;

bool PadsWithValue(const OperatorView& op) {
  const auto& quantization = op.Input(0).quantization;
  return quantization && !quantization->zero_point.empty() && quantization->zero_point[0] != 0;
}

/// Empty: nothing is known to be wrong.
std::string GapOf(const OperatorView& op) {
  switch (op.kind()) {
    case Op::PAD:
      return PadsWithValue(op) ? "pads with 0 instead of the zero point" : "";
    case Op::RESIZE_BILINEAR:
      return op.op().builtin_options.AsResizeBilinearOptions()->half_pixel_centers
                 ? "ignores half_pixel_centers"
                 : "";
    case Op::RESIZE_NEAREST_NEIGHBOR: {
      const auto& options = *op.op().builtin_options.AsResizeNearestNeighborOptions();
      return options.half_pixel_centers || options.align_corners
                 ? "ignores half_pixel_centers and align_corners"
                 : "";
    }
    case Op::SOFTMAX:
      return op.Input(0).type == TensorType::INT16 ? "computes 16 bits less exactly" : "";
    default:
      return "";
  }
}

}  // namespace

std::string CpuRefGap(const tflite::ModelT& model) {
  const auto& graph = *model.subgraphs[0];
  for (std::size_t i = 0; i < graph.operators.size(); ++i) {
    const std::string gap = GapOf(OperatorView(model, graph, i));
    if (!gap.empty()) return tflite::OperatorText(model, graph, i) + ": it " + gap;
  }
  return "";
}

}  // namespace tinyfog::inference
