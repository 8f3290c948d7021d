#include "model_messages.h"

#include <charconv>
#include <string>

namespace tinyfog::rpc {
namespace {

using inference::DataType;
using inference::DurationStat;
using inference::ModelDescription;
using inference::TensorSpec;

/// A model that runs one inference at a time has no batch dimension for the protocol.
bool Batched(const ModelDescription& model) { return model.options.max_batch > 1; }

::inference::DataType ConfigType(DataType type) {
  switch (type) {
    case DataType::kBool:
      return ::inference::TYPE_BOOL;
    case DataType::kUint8:
      return ::inference::TYPE_UINT8;
    case DataType::kUint16:
      return ::inference::TYPE_UINT16;
    case DataType::kUint32:
      return ::inference::TYPE_UINT32;
    case DataType::kUint64:
      return ::inference::TYPE_UINT64;
    case DataType::kInt8:
      return ::inference::TYPE_INT8;
    case DataType::kInt16:
      return ::inference::TYPE_INT16;
    case DataType::kInt32:
      return ::inference::TYPE_INT32;
    case DataType::kInt64:
      return ::inference::TYPE_INT64;
    case DataType::kFp16:
      return ::inference::TYPE_FP16;
    case DataType::kFp32:
      return ::inference::TYPE_FP32;
    case DataType::kFp64:
      return ::inference::TYPE_FP64;
  }
  return ::inference::TYPE_INVALID;
}

void WriteTensorMetadata(const TensorSpec& spec, bool batched,
                         ::inference::ModelMetadataResponse::TensorMetadata& message) {
  message.set_name(spec.name);
  message.set_datatype(inference::DataTypeName(spec.type));
  message.mutable_shape()->Assign(spec.shape.begin(), spec.shape.end());
  if (batched && !spec.shape.empty()) message.set_shape(0, -1);
}

template <class Message>
void WriteConfigTensor(const TensorSpec& spec, bool batched, Message& message) {
  message.set_name(spec.name);
  message.set_data_type(ConfigType(spec.type));
  const auto first = spec.shape.begin() + (batched && !spec.shape.empty() ? 1 : 0);
  message.mutable_dims()->Assign(first, spec.shape.end());
}

/// The shortest text that reads back as the same float.
std::string FloatText(float value) {
  char text[32];
  return std::string(text, std::to_chars(text, text + sizeof(text), value).ptr);
}

void WriteQuantization(const TensorSpec& spec, ::inference::ModelConfig& config) {
  if (!spec.quantization) return;
  (*config.mutable_parameters())["quantization." + spec.name].set_string_value(
      FloatText(spec.quantization->scale) + "," + std::to_string(spec.quantization->zero_point));
}

/// Which backend executes each layer, with what, and for how long.
std::string LayersText(const std::vector<inference::LayerPlacement>& placement) {
  std::string text;
  for (const auto& layer : placement) {
    const auto share = layer.share ? FloatText(static_cast<float>(*layer.share)) : "";
    text += layer.layer + "\t" + layer.backend + "\t" + layer.kernel + "\t" + share + "\n";
  }
  return text;
}

void WriteParameters(const ModelDescription& model, ::inference::ModelConfig& config) {
  auto& parameters = *config.mutable_parameters();
  std::string placement;
  for (const auto& layer : model.placement) placement += layer.layer + "=" + layer.backend + "\n";
  if (!placement.empty()) {
    parameters["placement"].set_string_value(placement);
    parameters["layers"].set_string_value(LayersText(model.placement));
  }
  std::string checks;
  for (const auto& check : model.checks) checks += check + "\n";
  if (!checks.empty()) parameters["checks"].set_string_value(checks);
  std::string quarantined;
  for (const auto& [backend, reason] : model.quarantined) {
    quarantined += backend + ": " + reason + "\n";
  }
  if (!quarantined.empty()) parameters["quarantined"].set_string_value(quarantined);
  if (!model.execution.empty()) parameters["execution"].set_string_value(model.execution);
  std::string labels;
  for (const auto& label : model.options.labels) labels += label + "\n";
  if (!labels.empty()) parameters["labels"].set_string_value(labels);
  for (const auto& spec : model.inputs) WriteQuantization(spec, config);
  for (const auto& spec : model.outputs) WriteQuantization(spec, config);
  parameters["file_bytes"].set_string_value(std::to_string(model.file_bytes));
}

void WriteVersionPolicy(const inference::VersionPolicy& policy,
                        ::inference::ModelVersionPolicy& message) {
  switch (policy.kind) {
    case inference::VersionPolicy::Kind::kLatest:
      message.mutable_latest()->set_num_versions(policy.latest);
      break;
    case inference::VersionPolicy::Kind::kAll:
      message.mutable_all();
      break;
    case inference::VersionPolicy::Kind::kSpecific:
      message.mutable_specific()->mutable_versions()->Assign(policy.specific.begin(),
                                                             policy.specific.end());
      break;
  }
}

void WriteScheduling(const inference::ModelOptions& options, ::inference::ModelConfig& config) {
  auto& batching = *config.mutable_dynamic_batching();
  batching.set_max_queue_delay_microseconds(
      static_cast<std::uint64_t>(options.max_queue_delay.count()));
  batching.set_priority_levels(options.priority_levels);
  batching.set_default_priority_level(options.default_priority);
  auto& queue = *batching.mutable_default_queue_policy();
  queue.set_timeout_action(::inference::ModelQueuePolicy::REJECT);
  queue.set_default_timeout_microseconds(
      static_cast<std::uint64_t>(std::chrono::microseconds(options.default_timeout).count()));
  queue.set_allow_timeout_override(true);
  queue.set_max_queue_size(options.queue_capacity);
  auto& instances = *config.add_instance_group();
  instances.set_name(config.name());
  instances.set_kind(::inference::ModelInstanceGroup::KIND_CPU);
  instances.set_count(static_cast<std::int32_t>(options.instances));
}

void WriteDuration(const DurationStat& stat, ::inference::StatisticDuration& message) {
  message.set_count(stat.count);
  message.set_ns(static_cast<std::uint64_t>(stat.total.count()));
}

}  // namespace

const char* ModelStateName(inference::ModelState state) {
  switch (state) {
    case inference::ModelState::kReady:
      return "READY";
    case inference::ModelState::kLoading:
      return "LOADING";
    case inference::ModelState::kUnloading:
      return "UNLOADING";
    case inference::ModelState::kUnavailable:
      break;
  }
  return "UNAVAILABLE";
}

void WriteMetadata(const ModelDescription& model, ::inference::ModelMetadataResponse& message) {
  message.set_name(model.model);
  for (const auto version : model.versions) message.add_versions(std::to_string(version));
  message.set_platform(kPlatform);
  for (const auto& s : model.inputs) WriteTensorMetadata(s, Batched(model), *message.add_inputs());
  for (const auto& s : model.outputs) {
    WriteTensorMetadata(s, Batched(model), *message.add_outputs());
  }
}

void WriteConfig(const ModelDescription& model, ::inference::ModelConfig& config) {
  config.set_name(model.model);
  config.set_platform(kPlatform);
  config.set_backend(kPlatform);
  config.set_default_model_filename("model.tflite");
  const bool batched = Batched(model);
  config.set_max_batch_size(batched ? static_cast<std::int32_t>(model.options.max_batch) : 0);
  for (const auto& spec : model.inputs) WriteConfigTensor(spec, batched, *config.add_input());
  for (const auto& spec : model.outputs) {
    auto& output = *config.add_output();
    WriteConfigTensor(spec, batched, output);
    if (!model.options.labels.empty()) output.set_label_filename("config.toml");
  }
  WriteVersionPolicy(model.options.version_policy, *config.mutable_version_policy());
  WriteScheduling(model.options, config);
  WriteParameters(model, config);
}

void WriteStatistics(const inference::ModelStatistics& statistics,
                     ::inference::ModelStatistics& message) {
  message.set_name(statistics.model);
  message.set_version(std::to_string(statistics.version));
  message.set_last_inference(statistics.last_inference_ms);
  message.set_inference_count(statistics.inference_count);
  message.set_execution_count(statistics.execution_count);
  auto& all = *message.mutable_inference_stats();
  WriteDuration(statistics.success, *all.mutable_success());
  WriteDuration(statistics.fail, *all.mutable_fail());
  WriteDuration(statistics.queue, *all.mutable_queue());
  WriteDuration(statistics.compute_input, *all.mutable_compute_input());
  WriteDuration(statistics.compute_infer, *all.mutable_compute_infer());
  WriteDuration(statistics.compute_output, *all.mutable_compute_output());
  for (const auto& batch : statistics.batches) {
    auto& entry = *message.add_batch_stats();
    entry.set_batch_size(batch.size);
    WriteDuration(batch.compute_input, *entry.mutable_compute_input());
    WriteDuration(batch.compute_infer, *entry.mutable_compute_infer());
    WriteDuration(batch.compute_output, *entry.mutable_compute_output());
  }
}

}  // namespace tinyfog::rpc
