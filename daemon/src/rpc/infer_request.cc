#include "infer_request.h"

#include <charconv>
#include <limits>
#include <optional>
#include <utility>

#include "tensor_contents.h"

namespace tinyfog::rpc {
namespace {

using Parameters = google::protobuf::Map<std::string, ::inference::InferParameter>;

/// The value of an integer parameter; nothing when it is absent. Errors: kInvalidArgument for
/// another type and for negative values.
Outcome<std::optional<std::uint64_t>> UnsignedParameter(const Parameters& parameters,
                                                        const char* name) {
  const auto it = parameters.find(name);
  if (it == parameters.end()) return std::optional<std::uint64_t>();
  const ::inference::InferParameter& value = it->second;
  if (value.has_uint64_param()) return std::optional<std::uint64_t>(value.uint64_param());
  if (value.has_int64_param() && value.int64_param() >= 0) {
    return std::optional<std::uint64_t>(static_cast<std::uint64_t>(value.int64_param()));
  }
  return InvalidArgument(std::string("parameter '") + name +
                         "' must be an int64_param of 0 or more");
}

/// Whether a sequence parameter says anything but "no sequence".
bool IsSet(const ::inference::InferParameter& value) {
  using P = ::inference::InferParameter;
  switch (value.parameter_choice_case()) {
    case P::kBoolParam:
      return value.bool_param();
    case P::kInt64Param:
      return value.int64_param() != 0;
    case P::kUint64Param:
      return value.uint64_param() != 0;
    case P::kStringParam:
      return !value.string_param().empty();
    default:
      return false;
  }
}

Outcome<void> RefuseSequences(const Parameters& parameters) {
  for (const char* name : {"sequence_id", "sequence_start", "sequence_end"}) {
    const auto it = parameters.find(name);
    if (it != parameters.end() && IsSet(it->second)) {
      return InvalidArgument(std::string("parameter '") + name +
                             "': models here keep no state between requests; leave it out");
    }
  }
  return {};
}

Outcome<void> RefuseSharedMemory(const Parameters& parameters, const std::string& tensor) {
  if (parameters.count("shared_memory_region") == 0) return {};
  return Error{Status::kUnimplemented,
               "tensor '" + tensor + "': shared memory is not supported; send the bytes"};
}

Outcome<void> ReadParameters(const Parameters& parameters, inference::SteadyTime now,
                             inference::Request& request) {
  if (parameters.empty()) return {};
  TINYFOG_TRY(RefuseSequences(parameters));
  TINYFOG_TRY_ASSIGN(const auto priority, UnsignedParameter(parameters, "priority"));
  if (priority) {
    if (*priority > std::numeric_limits<std::uint32_t>::max()) {
      return InvalidArgument("parameter 'priority' is too large: 1 is the highest, 0 the default");
    }
    request.priority = static_cast<std::uint32_t>(*priority);
  }
  TINYFOG_TRY_ASSIGN(const auto timeout, UnsignedParameter(parameters, "timeout"));
  // A year and "none" are the same to a queue; the bound keeps the sum below from overflowing.
  constexpr std::uint64_t kLongest = 366ull * 24 * 3600 * 1'000'000;
  if (timeout && *timeout > 0 && *timeout < kLongest) {
    request.deadline = now + std::chrono::microseconds(*timeout);
  }
  return {};
}

Outcome<void> ReadInputs(const ::inference::ModelInferRequest& message,
                         inference::Request& request) {
  const int raw = message.raw_input_contents_size();
  if (raw != 0 && raw != message.inputs_size()) {
    return InvalidArgument("raw_input_contents has " + std::to_string(raw) + " entries for " +
                           std::to_string(message.inputs_size()) +
                           " inputs: send all inputs raw, or none");
  }
  request.inputs.reserve(static_cast<std::size_t>(message.inputs_size()));
  for (int i = 0; i < message.inputs_size(); ++i) {
    const auto& input = message.inputs(i);
    const std::string context = "input '" + input.name() + "'";
    TINYFOG_TRY(RefuseSharedMemory(input.parameters(), input.name()));
    const auto type = inference::ParseDataType(input.datatype());
    if (!type) {
      return InvalidArgument(context + ": datatype '" + input.datatype() +
                             "' is not one of BOOL, [U]INT8..64, FP16, FP32, FP64");
    }
    inference::Tensor& tensor = request.inputs.emplace_back();
    tensor.name = input.name();
    tensor.type = *type;
    tensor.shape.assign(input.shape().begin(), input.shape().end());
    if (raw != 0) {
      if (input.has_contents()) {
        return InvalidArgument(context + " has both contents and raw_input_contents");
      }
      const std::string& bytes = message.raw_input_contents(i);
      tensor.bytes.reserve(bytes.size() + inference::kReadableBehind);
      tensor.bytes.assign(bytes.begin(), bytes.end());
      continue;
    }
    auto bytes = PackContents(input.contents(), *type);
    if (!bytes.ok()) return InContext(bytes.error(), context);
    tensor.bytes = std::move(bytes).value();
  }
  return {};
}

Outcome<void> ReadOutputs(const ::inference::ModelInferRequest& message, InferCallSpec& spec) {
  for (const auto& output : message.outputs()) {
    TINYFOG_TRY(RefuseSharedMemory(output.parameters(), output.name()));
    spec.request.outputs.push_back(output.name());
    TINYFOG_TRY_ASSIGN(const auto classes,
                       UnsignedParameter(output.parameters(), "classification"));
    if (classes.value_or(0) == 0) continue;
    // More classes than elements means all of them, so a clipped count changes nothing.
    constexpr std::uint64_t kMost = std::numeric_limits<std::uint32_t>::max();
    spec.classes.resize(spec.request.outputs.size());
    spec.classes.back() = static_cast<std::uint32_t>(std::min(*classes, kMost));
  }
  if (!spec.classes.empty()) spec.classes.resize(spec.request.outputs.size());
  return {};
}

}  // namespace

Outcome<std::int64_t> ParseModelVersion(const std::string& text) {
  if (text.empty()) return std::int64_t{0};
  std::int64_t version = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), version);
  if (error != std::errc() || end != text.data() + text.size() || version <= 0) {
    return InvalidArgument("model version '" + text.substr(0, 32) +
                           "' is not a positive number; leave it empty for the newest");
  }
  return version;
}

Outcome<InferCallSpec> ReadInferRequest(const ::inference::ModelInferRequest& message,
                                        inference::SteadyTime now) {
  InferCallSpec spec;
  spec.request.source = inference::Source::kGrpc;
  spec.request.model = message.model_name();
  TINYFOG_TRY_ASSIGN(spec.request.version, ParseModelVersion(message.model_version()));
  TINYFOG_TRY(ReadParameters(message.parameters(), now, spec.request));
  TINYFOG_TRY(ReadInputs(message, spec.request));
  TINYFOG_TRY(ReadOutputs(message, spec));
  return spec;
}

}  // namespace tinyfog::rpc
