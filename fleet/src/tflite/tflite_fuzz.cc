#include <cstdlib>

#include "tinyfog/tflite/model.h"
#include "tinyfog/tflite/schema_generated.h"

using namespace tinyfog::tflite;

namespace {

/// What a checked model promises to later code.
void UseAll(const ModelT& model) {
  for (const auto& graph : model.subgraphs) {
    std::size_t bytes = 0;
    for (std::size_t i = 0; i < graph->tensors.size(); ++i) {
      const TensorT& tensor = *graph->tensors[i];
      const auto constant = ConstantBytes(model, tensor);
      if (!constant.empty() && ElementBits(tensor.type) && constant.size() != ByteSize(tensor)) {
        std::abort();
      }
      for (const std::uint8_t b : constant) bytes += b;
      bytes += TensorText(*graph, static_cast<std::int64_t>(i)).size();
    }
    for (std::size_t i = 0; i < graph->operators.size(); ++i) {
      bytes += OperatorText(model, *graph, i).size();
    }
    // Keeps the reads alive.
    if (bytes == SIZE_MAX) std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto model = Parse({data, size});
  if (!model.ok()) return 0;
  UseAll(**model);
  const auto written = Serialize(**model);
  const auto again = Parse(written);
  if (!again.ok() || Serialize(**again) != written) std::abort();
  return 0;
}
