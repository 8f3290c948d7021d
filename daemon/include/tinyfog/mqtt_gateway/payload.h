#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tinyfog/host/error.h"
#include "tinyfog/inference/tensor.h"
#include "tinyfog/mqtt_gateway/topic.h"

namespace tinyfog::mqtt_gateway {

/// What a request's payload says. A tensor without shape is one inference of the model's shape and
/// type; sizes and names are checked against the model by inference::Server::Submit.
struct RequestBody {
  std::string id;            ///< echoed; at most 256 bytes
  std::int64_t version = 0;  ///< 0: not given
  std::vector<inference::Tensor> inputs;
  std::vector<std::string> outputs;
  std::optional<std::chrono::microseconds> timeout;
  std::uint32_t priority = 0;
};

/// What an answer says.
struct AnswerBody {
  std::string id;
  std::string model;
  std::int64_t version = 0;
  Outcome<std::vector<inference::Tensor>> outputs;
};

/// Chooses by content type, then by topic suffix, else raw. Errors: kInvalidArgument for a content
/// type that is unknown or contradicts the suffix.
Outcome<Encoding> ChooseEncoding(std::string_view content_type, std::optional<Encoding> suffix);
/// "application/octet-stream", "application/json" or "application/x-protobuf".
const char* ContentType(Encoding encoding);

/// Raw: the bytes of the model's only input, one inference. Never fails; an empty payload is
/// refused later for its size. JSON: an Open Inference Protocol v2 inference request object (its
/// REST form), at most 16 levels deep. Errors: kInvalidArgument, with the place. Protobuf:
/// tinyfog.v1.InferRequest. Errors: kInvalidArgument; kUnimplemented for first_step. `id`, where
/// given, receives a readable id even if the rest is refused, so that the refusal can echo it.
Outcome<RequestBody> DecodeRequest(Encoding encoding, std::string_view payload,
                                   std::string* id = nullptr);

/// Raw: the outputs' bytes one after the other, nothing for an error. JSON: the protocol's response
/// or error object, with NaN and infinities as null. Protobuf: tinyfog.v1.InferResponse.
std::string EncodeAnswer(Encoding encoding, const AnswerBody& answer);

/// The JSON object for down/error: {"model", "code", "status", "reason"}.
std::string ErrorObject(std::string_view model, const Error& error);

// The parts of the above, one per format.
Outcome<RequestBody> DecodeJson(std::string_view payload, std::string* id = nullptr);
std::string EncodeJson(const AnswerBody& answer);
Outcome<RequestBody> DecodeProtobuf(std::string_view payload, std::string* id = nullptr);
std::string EncodeProtobuf(const AnswerBody& answer);

}  // namespace tinyfog::mqtt_gateway
