#include "tinyfog/mqtt_gateway/payload.h"

namespace tinyfog::mqtt_gateway {
namespace {

constexpr std::string_view kTypes[] = {"application/octet-stream", "application/json",
                                       "application/x-protobuf"};

RequestBody DecodeRaw(std::string_view payload) {
  RequestBody body;
  inference::Tensor& tensor = body.inputs.emplace_back();
  tensor.bytes.reserve(payload.size() + inference::kReadableBehind);
  tensor.bytes.assign(payload.begin(), payload.end());
  return body;
}

std::string EncodeRaw(const AnswerBody& answer) {
  std::string bytes;
  if (!answer.outputs.ok()) return bytes;
  for (const inference::Tensor& tensor : *answer.outputs) {
    bytes.append(tensor.bytes.begin(), tensor.bytes.end());
  }
  return bytes;
}

}  // namespace

const char* ContentType(Encoding encoding) {
  return kTypes[static_cast<std::size_t>(encoding)].data();
}

Outcome<Encoding> ChooseEncoding(std::string_view content_type, std::optional<Encoding> suffix) {
  if (content_type.empty()) return suffix.value_or(Encoding::kRaw);
  // Parameters such as "; charset=utf-8" change nothing here.
  content_type = content_type.substr(0, content_type.find(';'));
  while (content_type.ends_with(' ')) content_type.remove_suffix(1);
  for (const Encoding encoding : {Encoding::kRaw, Encoding::kJson, Encoding::kProtobuf}) {
    if (content_type != ContentType(encoding)) continue;
    if (suffix && *suffix != encoding) {
      return InvalidArgument("the content type contradicts the topic's suffix");
    }
    return encoding;
  }
  return InvalidArgument(
      "unknown content type: use application/octet-stream, application/json or "
      "application/x-protobuf");
}

Outcome<RequestBody> DecodeRequest(Encoding encoding, std::string_view payload, std::string* id) {
  switch (encoding) {
    case Encoding::kJson:
      return DecodeJson(payload, id);
    case Encoding::kProtobuf:
      return DecodeProtobuf(payload, id);
    case Encoding::kRaw:
      break;
  }
  return DecodeRaw(payload);
}

std::string EncodeAnswer(Encoding encoding, const AnswerBody& answer) {
  switch (encoding) {
    case Encoding::kJson:
      return EncodeJson(answer);
    case Encoding::kProtobuf:
      return EncodeProtobuf(answer);
    case Encoding::kRaw:
      break;
  }
  return EncodeRaw(answer);
}

}  // namespace tinyfog::mqtt_gateway
