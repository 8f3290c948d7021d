#include "motor_model.h"
#include "tinyfog/demo/vibration.h"
#include "tinyfog/host/file.h"
#include "tinyfog/tflite/model.h"
#include "tinyfog/tflite/schema_generated.h"

namespace tinyfog::demo {
namespace {

struct Scale {
  float scale = 0;
  std::int32_t zero_point = 0;
};

Outcome<Scale> ScaleOf(const tflite::SubGraphT& graph, const std::vector<std::int32_t>& tensors,
                       std::size_t elements, const char* what) {
  if (tensors.size() != 1) return InvalidArgument(std::string("expected one ") + what);
  const auto& tensor = *graph.tensors[static_cast<std::size_t>(tensors[0])];
  const bool fits = tensor.type == tflite::TensorType::INT8 && tensor.quantization != nullptr &&
                    tensor.quantization->scale.size() == 1 &&
                    tensor.quantization->zero_point.size() == 1 &&
                    tflite::ElementCount(tensor) == elements;
  if (!fits) {
    return InvalidArgument(std::string("the ") + what + " is not " + std::to_string(elements) +
                           " int8 values with one scale");
  }
  return Scale{tensor.quantization->scale[0],
               static_cast<std::int32_t>(tensor.quantization->zero_point[0])};
}

}  // namespace

Outcome<MotorModel> ReadMotorModel(const std::string& file) {
  TINYFOG_TRY_ASSIGN(const auto bytes, ReadFile(file));
  const auto in_file = [&](const Error& error) { return Unexpected(InContext(error, file)); };
  const auto model = tflite::Parse(bytes);
  if (!model.ok()) return in_file(model.error());
  const auto& graph = *(*model)->subgraphs.front();
  const auto input = ScaleOf(graph, graph.inputs, kWindowSamples * kAxes, "input");
  if (!input.ok()) return in_file(input.error());
  const auto output = ScaleOf(graph, graph.outputs, kMotorStates, "output");
  if (!output.ok()) return in_file(output.error());
  return MotorModel{input->scale, input->zero_point, output->scale, output->zero_point};
}

}  // namespace tinyfog::demo
