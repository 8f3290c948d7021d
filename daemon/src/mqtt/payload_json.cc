#include <cmath>
#include <cstring>
#include <limits>
#include <nlohmann/json.hpp>

#include "tinyfog/mqtt_gateway/payload.h"

namespace tinyfog::mqtt_gateway {
namespace {

using inference::DataType;
using inference::Tensor;
using Json = nlohmann::json;

constexpr std::size_t kMaxDepth = 16;
constexpr std::size_t kMaxTensors = 64;
constexpr std::size_t kMaxRank = 16;
constexpr std::size_t kMaxId = 256;
constexpr std::size_t kMaxName = 256;

// Bounds the nesting before the parser builds anything.
bool TooDeep(std::string_view text) {
  std::size_t depth = 0;
  bool in_string = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (in_string) {
      if (c == '\\') ++i;
      if (c == '"') in_string = false;
    } else if (c == '"') {
      in_string = true;
    } else if (c == '[' || c == '{') {
      if (++depth > kMaxDepth) return true;
    } else if ((c == ']' || c == '}') && depth > 0) {
      --depth;
    }
  }
  return false;
}

template <class T>
void Append(Tensor& tensor, T value) {
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(&value);
  tensor.bytes.insert(tensor.bytes.end(), bytes, bytes + sizeof value);
}

template <class T>
bool AppendInteger(Tensor& tensor, const Json& value) {
  if (value.is_number_unsigned()) {
    const auto number = value.get<std::uint64_t>();
    if (number > static_cast<std::uint64_t>(std::numeric_limits<T>::max())) return false;
    Append(tensor, static_cast<T>(number));
    return true;
  }
  if (!value.is_number_integer() || std::is_unsigned_v<T>) return false;
  const auto number = value.get<std::int64_t>();
  if (number < static_cast<std::int64_t>(std::numeric_limits<T>::min())) return false;
  Append(tensor, static_cast<T>(number));
  return true;
}

template <class T>
bool AppendFloat(Tensor& tensor, const Json& value) {
  if (!value.is_number()) return false;
  const auto number = value.get<double>();
  if (std::abs(number) > static_cast<double>(std::numeric_limits<T>::max())) return false;
  Append(tensor, static_cast<T>(number));
  return true;
}

bool AppendBool(Tensor& tensor, const Json& value) {
  if (value.is_boolean()) {
    Append(tensor, static_cast<std::uint8_t>(value.get<bool>() ? 1 : 0));
    return true;
  }
  return AppendInteger<std::uint8_t>(tensor, value) && tensor.bytes.back() <= 1;
}

bool AppendElement(Tensor& tensor, const Json& value) {
  switch (tensor.type) {
    case DataType::kBool:
      return AppendBool(tensor, value);
    case DataType::kUint8:
      return AppendInteger<std::uint8_t>(tensor, value);
    case DataType::kUint16:
      return AppendInteger<std::uint16_t>(tensor, value);
    case DataType::kUint32:
      return AppendInteger<std::uint32_t>(tensor, value);
    case DataType::kUint64:
      return AppendInteger<std::uint64_t>(tensor, value);
    case DataType::kInt8:
      return AppendInteger<std::int8_t>(tensor, value);
    case DataType::kInt16:
      return AppendInteger<std::int16_t>(tensor, value);
    case DataType::kInt32:
      return AppendInteger<std::int32_t>(tensor, value);
    case DataType::kInt64:
      return AppendInteger<std::int64_t>(tensor, value);
    case DataType::kFp32:
      return AppendFloat<float>(tensor, value);
    case DataType::kFp64:
      return AppendFloat<double>(tensor, value);
    case DataType::kFp16:
      break;
  }
  return false;
}

// Row-major elements of a flat or nested array; TooDeep bounds the recursion.
bool AppendData(Tensor& tensor, const Json& data) {
  for (const Json& value : data) {
    const bool good = value.is_array() ? AppendData(tensor, value) : AppendElement(tensor, value);
    if (!good) return false;
  }
  return true;
}

Outcome<std::string> TextField(const Json& object, const char* key, std::size_t limit) {
  const auto found = object.find(key);
  if (found == object.end()) return std::string();
  if (!found->is_string() || found->get_ref<const std::string&>().size() > limit) {
    return InvalidArgument(std::string(key) + " must be a string of at most " +
                           std::to_string(limit) + " bytes");
  }
  return found->get<std::string>();
}

Outcome<void> ReadShape(const Json& input, Tensor& tensor) {
  const auto shape = input.find("shape");
  if (shape == input.end() || !shape->is_array() || shape->empty() || shape->size() > kMaxRank) {
    return InvalidArgument("shape must be an array of 1..16 dimensions");
  }
  for (const Json& dimension : *shape) {
    constexpr std::uint64_t kMax = std::numeric_limits<std::int32_t>::max();
    if (!dimension.is_number_unsigned() || dimension.get<std::uint64_t>() > kMax) {
      return InvalidArgument("shape: dimensions are integers from 0 to 2147483647");
    }
    tensor.shape.push_back(dimension.get<std::int64_t>());
  }
  return {};
}

Outcome<Tensor> ReadInput(const Json& input) {
  if (!input.is_object()) return InvalidArgument("must be an object");
  Tensor tensor;
  TINYFOG_TRY_ASSIGN(tensor.name, TextField(input, "name", kMaxName));
  TINYFOG_TRY_ASSIGN(const std::string type_name, TextField(input, "datatype", kMaxName));
  const auto type = inference::ParseDataType(type_name);
  if (!type) return InvalidArgument("datatype is missing or unknown (BYTES is not supported)");
  if (*type == DataType::kFp16) {
    return InvalidArgument("FP16 has no JSON form: send protobuf or raw bytes");
  }
  tensor.type = *type;
  TINYFOG_TRY(ReadShape(input, tensor));
  TINYFOG_TRY_ASSIGN(const std::size_t count, inference::ElementCount(tensor.shape));
  const auto data = input.find("data");
  if (data == input.end() || !data->is_array()) return InvalidArgument("data must be an array");
  if (!AppendData(tensor, *data)) {
    return InvalidArgument("data: an element is not a number that fits in " + type_name);
  }
  const std::size_t elements = tensor.bytes.size() / inference::ElementSize(tensor.type);
  if (elements != count) {
    return InvalidArgument("data has " + std::to_string(elements) + " elements, its shape " +
                           std::to_string(count));
  }
  return tensor;
}

Outcome<std::uint64_t> Parameter(const Json& request, const char* key) {
  const auto parameters = request.find("parameters");
  if (parameters == request.end()) return std::uint64_t{0};
  if (!parameters->is_object()) return InvalidArgument("parameters must be an object");
  const auto found = parameters->find(key);
  if (found == parameters->end()) return std::uint64_t{0};
  constexpr std::uint64_t kMax = std::numeric_limits<std::uint32_t>::max();
  if (!found->is_number_unsigned() || found->get<std::uint64_t>() > kMax) {
    return InvalidArgument(std::string("parameters.") + key + " must be an integer from 0 to " +
                           std::to_string(kMax));
  }
  return found->get<std::uint64_t>();
}

Outcome<const Json*> TensorList(const Json& request, const char* key) {
  const auto found = request.find(key);
  if (found == request.end()) return static_cast<const Json*>(nullptr);
  if (!found->is_array() || found->size() > kMaxTensors) {
    return InvalidArgument(std::string(key) + " must be an array of at most 64 objects");
  }
  return &*found;
}

Outcome<RequestBody> ReadRequest(const Json& request, std::string* id) {
  if (!request.is_object()) return InvalidArgument("the payload must be a JSON object");
  RequestBody body;
  TINYFOG_TRY_ASSIGN(body.id, TextField(request, "id", kMaxId));
  if (id != nullptr) *id = body.id;
  TINYFOG_TRY_ASSIGN(const std::uint64_t timeout, Parameter(request, "timeout"));
  if (timeout > 0) body.timeout = std::chrono::microseconds(timeout);
  TINYFOG_TRY_ASSIGN(const std::uint64_t priority, Parameter(request, "priority"));
  body.priority = static_cast<std::uint32_t>(priority);
  TINYFOG_TRY_ASSIGN(const Json* inputs, TensorList(request, "inputs"));
  if (inputs == nullptr || inputs->empty()) return InvalidArgument("inputs is missing or empty");
  for (const Json& input : *inputs) {
    auto tensor = ReadInput(input);
    if (!tensor.ok()) {
      return InContext(tensor.error(), "inputs[" + std::to_string(body.inputs.size()) + "]");
    }
    body.inputs.push_back(*std::move(tensor));
  }
  TINYFOG_TRY_ASSIGN(const Json* outputs, TensorList(request, "outputs"));
  if (outputs == nullptr) return body;
  for (const Json& output : *outputs) {
    if (!output.is_object()) return InvalidArgument("outputs must be an array of objects");
    TINYFOG_TRY_ASSIGN(body.outputs.emplace_back(), TextField(output, "name", kMaxName));
    if (body.outputs.back().empty()) return InvalidArgument("outputs: name is missing");
  }
  return body;
}

template <class T>
void PutElements(const Tensor& tensor, Json& data) {
  for (std::size_t at = 0; at + sizeof(T) <= tensor.bytes.size(); at += sizeof(T)) {
    T value;
    std::memcpy(&value, tensor.bytes.data() + at, sizeof value);
    data.push_back(value);
  }
}

Json DataOf(const Tensor& tensor) {
  Json data = Json::array();
  switch (tensor.type) {
    case DataType::kBool:
      for (const std::uint8_t byte : tensor.bytes) data.push_back(byte != 0);
      break;
    case DataType::kUint8:
      PutElements<std::uint8_t>(tensor, data);
      break;
    case DataType::kUint16:
    case DataType::kFp16:  // its bits: JSON has no such number
      PutElements<std::uint16_t>(tensor, data);
      break;
    case DataType::kUint32:
      PutElements<std::uint32_t>(tensor, data);
      break;
    case DataType::kUint64:
      PutElements<std::uint64_t>(tensor, data);
      break;
    case DataType::kInt8:
      PutElements<std::int8_t>(tensor, data);
      break;
    case DataType::kInt16:
      PutElements<std::int16_t>(tensor, data);
      break;
    case DataType::kInt32:
      PutElements<std::int32_t>(tensor, data);
      break;
    case DataType::kInt64:
      PutElements<std::int64_t>(tensor, data);
      break;
    case DataType::kFp32:
      PutElements<float>(tensor, data);
      break;
    case DataType::kFp64:
      PutElements<double>(tensor, data);
      break;
  }
  return data;
}

std::string Dump(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace

Outcome<RequestBody> DecodeJson(std::string_view payload, std::string* id) {
  if (TooDeep(payload)) return InvalidArgument("JSON: nested deeper than 16 levels");
  try {
    return ReadRequest(Json::parse(payload), id);
  } catch (const Json::parse_error& error) {
    return InvalidArgument("malformed JSON at byte " + std::to_string(error.byte));
  } catch (const Json::exception&) {
    return InvalidArgument("malformed JSON: a number is too large");
  }
}

std::string EncodeJson(const AnswerBody& answer) {
  Json json = Json::object();
  if (!answer.id.empty()) json["id"] = answer.id;
  if (!answer.outputs.ok()) {
    json["error"] = answer.outputs.error().message;
    json["code"] = static_cast<int>(answer.outputs.error().code);
    json["status"] = StatusName(answer.outputs.error().code);
    return Dump(json);
  }
  json["model_name"] = answer.model;
  json["model_version"] = std::to_string(answer.version);
  Json& outputs = json["outputs"] = Json::array();
  for (const Tensor& tensor : *answer.outputs) {
    outputs.push_back({{"name", tensor.name},
                       {"datatype", inference::DataTypeName(tensor.type)},
                       {"shape", tensor.shape},
                       {"data", DataOf(tensor)}});
  }
  return Dump(json);
}

std::string ErrorObject(std::string_view model, const Error& error) {
  return Dump({{"model", model},
               {"code", static_cast<int>(error.code)},
               {"status", StatusName(error.code)},
               {"reason", error.message}});
}

}  // namespace tinyfog::mqtt_gateway
