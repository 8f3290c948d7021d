#pragma once

#include <string>
#include <vector>

#include "inference/grpc_service.pb.h"
#include "model_view.h"
#include "tinyfog/host/error.h"
#include "tinyfog/term/json_writer.h"
#include "tinyfog/term/table.h"
#include "values.h"

namespace tinyfog::ctl {

/// One output of an answer, decoded.
struct OutputView {
  std::string name;
  std::string datatype;
  std::vector<std::int64_t> shape;
  std::vector<Number> values;
  std::uint64_t rows = 1;  ///< inferences in the batch
  std::optional<TensorView::Quantization> quantization;
  bool classes = false;  ///< few enough values, or labels for each: shown as a ranking
};

/// Errors: kInternal when shapes, types and bytes of the answer do not fit together.
Outcome<std::vector<OutputView>> DecodeOutputs(const ::inference::ModelInferResponse& response,
                                               const ModelView& model);

std::string RenderOutputs(const std::vector<OutputView>& outputs, const ModelView& model,
                          std::size_t top, const term::Style& style);
/// As the value of a key: [{"name", "datatype", "shape", "data", "top"}].
void WriteOutputs(const std::vector<OutputView>& outputs, const ModelView& model, std::size_t top,
                  term::JsonWriter& json);

}  // namespace tinyfog::ctl
