#include <google/protobuf/stubs/logging.h>

#include <limits>

#include "tinyfog/mqtt_gateway/payload.h"
#include "tinyfog/v1/infer.pb.h"

namespace tinyfog::mqtt_gateway {
namespace {

constexpr int kMaxTensors = 64;
constexpr int kMaxRank = 16;
constexpr std::size_t kMaxId = 256;

Outcome<inference::Tensor> FromProto(v1::Tensor& in, int index) {
  const std::string place = "inputs[" + std::to_string(index) + "]";
  inference::Tensor tensor;
  tensor.name = std::move(*in.mutable_name());
  if (in.shape_size() > kMaxRank) {
    return InvalidArgument(place + ": at most " + std::to_string(kMaxRank) + " dimensions");
  }
  tensor.shape.assign(in.shape().begin(), in.shape().end());
  if (in.datatype().empty() != tensor.shape.empty()) {
    return InvalidArgument(place + ": give both datatype and shape, or neither (the model's)");
  }
  if (!in.datatype().empty()) {
    const auto type = inference::ParseDataType(in.datatype());
    if (!type) return InvalidArgument(place + ": unknown datatype");
    tensor.type = *type;
  }
  const std::string& data = in.data();
  tensor.bytes.reserve(data.size() + inference::kReadableBehind);
  tensor.bytes.assign(data.begin(), data.end());
  return tensor;
}

}  // namespace

Outcome<RequestBody> DecodeProtobuf(std::string_view payload, std::string* id) {
  // The library writes a line to stderr for each malformed string: whoever sends bad bytes could
  // fill the log.
  static const auto quiet = google::protobuf::SetLogHandler(nullptr);
  (void)quiet;
  v1::InferRequest request;
  if (payload.size() > std::numeric_limits<int>::max() ||
      !request.ParseFromArray(payload.data(), static_cast<int>(payload.size()))) {
    return InvalidArgument("the payload is not a tinyfog.v1.InferRequest");
  }
  if (request.id().size() > kMaxId) return InvalidArgument("id: at most 256 bytes");
  if (id != nullptr) *id = request.id();
  if (request.first_step() != 0) {
    return Error{Status::kUnimplemented,
                 "first_step: this gateway runs whole models only; send the model's inputs"};
  }
  if (request.model_version() < 0) return InvalidArgument("model_version must not be negative");
  if (request.inputs_size() > kMaxTensors || request.outputs_size() > kMaxTensors) {
    return InvalidArgument("at most 64 inputs and outputs");
  }
  RequestBody body;
  body.id = std::move(*request.mutable_id());
  body.version = request.model_version();
  body.priority = request.priority();
  if (request.timeout_ms() > 0) body.timeout = std::chrono::milliseconds(request.timeout_ms());
  for (int i = 0; i < request.inputs_size(); ++i) {
    TINYFOG_TRY_ASSIGN(inference::Tensor tensor, FromProto(*request.mutable_inputs(i), i));
    body.inputs.push_back(std::move(tensor));
  }
  body.outputs.assign(request.outputs().begin(), request.outputs().end());
  return body;
}

std::string EncodeProtobuf(const AnswerBody& answer) {
  v1::InferResponse response;
  response.set_id(answer.id);
  response.set_model(answer.model);
  response.set_model_version(answer.version);
  if (!answer.outputs.ok()) {
    response.set_code(static_cast<int>(answer.outputs.error().code));
    response.set_reason(answer.outputs.error().message);
    return response.SerializeAsString();
  }
  for (const inference::Tensor& tensor : *answer.outputs) {
    v1::Tensor& out = *response.add_outputs();
    out.set_name(tensor.name);
    out.set_datatype(inference::DataTypeName(tensor.type));
    out.mutable_shape()->Assign(tensor.shape.begin(), tensor.shape.end());
    out.set_data(tensor.bytes.data(), tensor.bytes.size());
  }
  return response.SerializeAsString();
}

}  // namespace tinyfog::mqtt_gateway
