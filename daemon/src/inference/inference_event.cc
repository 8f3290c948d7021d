#include "inference_event.h"

#include <cstring>

#include "model_metrics.h"

namespace tinyfog::inference {
namespace {

constexpr std::size_t kMaxText = 200;

template <class T>
std::pair<std::uint32_t, float> Top(const std::vector<std::uint8_t>& bytes) {
  std::pair<std::uint32_t, float> top{0, 0};
  for (std::size_t i = 0; i * sizeof(T) < bytes.size(); ++i) {
    T value;
    std::memcpy(&value, bytes.data() + i * sizeof(T), sizeof(T));
    if (i == 0 || static_cast<float>(value) > top.second) {
      top = {static_cast<std::uint32_t>(i), static_cast<float>(value)};
    }
  }
  return top;
}

std::int64_t Micros(std::chrono::nanoseconds time) {
  return std::chrono::duration_cast<std::chrono::microseconds>(time).count();
}

}  // namespace

std::optional<std::pair<std::uint32_t, float>> TopElement(const Tensor& tensor,
                                                          const TensorSpec& spec) {
  const auto& bytes = tensor.bytes;
  if (bytes.size() < 2 * ElementSize(spec.type)) return std::nullopt;
  std::pair<std::uint32_t, float> top;
  switch (spec.type) {
    case DataType::kInt8:
      top = Top<std::int8_t>(bytes);
      break;
    case DataType::kUint8:
      top = Top<std::uint8_t>(bytes);
      break;
    case DataType::kInt16:
      top = Top<std::int16_t>(bytes);
      break;
    case DataType::kInt32:
      top = Top<std::int32_t>(bytes);
      break;
    case DataType::kFp32:
      top = Top<float>(bytes);
      break;
    default:
      return std::nullopt;
  }
  if (const auto& q = spec.quantization) {
    top.second = q->scale * (top.second - static_cast<float>(q->zero_point));
  }
  return top;
}

v1::Event InferenceEvent(const Request& request, const Response& response, SteadyTime arrived,
                         const std::vector<TensorSpec>& outputs,
                         const std::vector<std::string>& labels) {
  v1::Event event;
  event.set_kind(v1::Event::KIND_INFERENCE);
  auto& detail = *event.mutable_inference();
  detail.set_node(request.client.substr(0, kMaxText));
  detail.set_source(SourceName(request.source));
  detail.set_model(request.model.substr(0, kMaxText));
  if (response.version != 0) detail.set_version(std::to_string(response.version));
  detail.set_latency_us(Micros(std::chrono::steady_clock::now() - arrived));
  detail.set_queue_us(Micros(response.timings.queue));
  detail.set_compute_us(Micros(response.timings.compute));
  detail.set_batch(response.timings.batch);
  if (!response.outputs.ok()) {
    detail.set_code(static_cast<int>(response.outputs.error().code));
    detail.set_reason(response.outputs.error().message.substr(0, 5 * kMaxText));
    event.set_text(detail.model() + ": " + detail.reason());
    return event;
  }
  event.set_text(detail.model() + " answered");
  const auto& tensors = *response.outputs;
  if (outputs.size() != 1 || tensors.size() != 1 ||
      tensors[0].bytes.size() != outputs[0].ByteSize()) {
    return event;
  }
  if (const auto top = TopElement(tensors[0], outputs[0])) {
    detail.set_top_index(top->first);
    detail.set_top_score(top->second);
    if (top->first < labels.size()) detail.set_top_label(labels[top->first]);
  }
  return event;
}

const char* ModelStateName(ModelState state) {
  switch (state) {
    case ModelState::kLoading:
      return "LOADING";
    case ModelState::kReady:
      return "READY";
    case ModelState::kUnloading:
      return "UNLOADING";
    case ModelState::kUnavailable:
      break;
  }
  return "UNAVAILABLE";
}

v1::Event ModelEvent(const std::string& model, std::int64_t version, ModelState state,
                     const std::string& reason) {
  v1::Event event;
  event.set_kind(v1::Event::KIND_MODEL);
  auto& detail = *event.mutable_model();
  detail.set_model(model);
  if (version != 0) detail.set_version(std::to_string(version));
  detail.set_state(ModelStateName(state));
  detail.set_reason(reason);
  event.set_text("model " + model + " is " + detail.state() +
                 (reason.empty() ? "" : ": " + reason));
  return event;
}

}  // namespace tinyfog::inference
