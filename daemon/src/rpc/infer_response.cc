#include "infer_response.h"

#include "classification.h"

namespace tinyfog::rpc {
namespace {

Outcome<void> WriteClasses(const inference::Tensor& tensor, std::uint32_t count,
                           const inference::ModelDescription& model,
                           ::inference::ModelInferResponse& message) {
  const bool batched = model.options.max_batch > 1;
  TINYFOG_TRY_ASSIGN(Classification result, Classify(tensor, count, batched, model.options.labels));
  auto& output = *message.mutable_outputs()->rbegin();
  output.set_datatype("BYTES");
  output.mutable_shape()->Assign(result.shape.begin(), result.shape.end());
  message.add_raw_output_contents(std::move(result.bytes));
  return {};
}

}  // namespace

Outcome<void> WriteInferResponse(const std::string& id, const inference::Response& response,
                                 const std::vector<std::uint32_t>& classes,
                                 const inference::Server& server,
                                 ::inference::ModelInferResponse& message) {
  message.set_model_name(response.model);
  message.set_model_version(std::to_string(response.version));
  message.set_id(id);
  inference::ModelDescription model;
  if (!classes.empty()) {
    TINYFOG_TRY_ASSIGN(model, server.Describe(response.model, response.version));
  }
  const std::vector<inference::Tensor>& outputs = *response.outputs;
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    const inference::Tensor& tensor = outputs[i];
    auto& output = *message.add_outputs();
    output.set_name(tensor.name);
    if (i < classes.size() && classes[i] != 0) {
      TINYFOG_TRY(WriteClasses(tensor, classes[i], model, message));
      continue;
    }
    output.set_datatype(inference::DataTypeName(tensor.type));
    output.mutable_shape()->Assign(tensor.shape.begin(), tensor.shape.end());
    message.add_raw_output_contents(tensor.bytes.data(), tensor.bytes.size());
  }
  return {};
}

}  // namespace tinyfog::rpc
