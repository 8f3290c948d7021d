#include <bit>
#include <cstring>
#include <limits>
#include <nlohmann/json.hpp>

#include "infer_input.h"
#include "values.h"

namespace tinyfog::ctl {
namespace {

using Json = nlohmann::json;

template <class T>
void Append(T value, std::string& bytes) {
  static_assert(std::endian::native == std::endian::little);
  bytes.append(reinterpret_cast<const char*>(&value), sizeof value);
}

template <class T>
bool AppendInteger(const Json& value, std::string& bytes) {
  if (!value.is_number_integer()) return false;
  if (value.is_number_unsigned()) {
    const auto number = value.get<std::uint64_t>();
    if (number > static_cast<std::uint64_t>(std::numeric_limits<T>::max())) return false;
  } else {
    const auto number = value.get<std::int64_t>();
    if (std::is_unsigned_v<T> || number < static_cast<std::int64_t>(std::numeric_limits<T>::min()))
      return false;
  }
  Append(value.get<T>(), bytes);
  return true;
}

template <class T>
bool AppendFloat(const Json& value, std::string& bytes) {
  if (!value.is_number()) return false;
  Append(static_cast<T>(value.get<double>()), bytes);
  return true;
}

bool AppendBool(const Json& value, std::string& bytes) {
  if (!value.is_boolean()) return false;
  Append(static_cast<std::uint8_t>(value.get<bool>() ? 1 : 0), bytes);
  return true;
}

using Appender = bool (*)(const Json&, std::string&);

Appender AppenderFor(std::string_view type) {
  if (type == "BOOL") return AppendBool;
  if (type == "INT8") return AppendInteger<std::int8_t>;
  if (type == "INT16") return AppendInteger<std::int16_t>;
  if (type == "INT32") return AppendInteger<std::int32_t>;
  if (type == "INT64") return AppendInteger<std::int64_t>;
  if (type == "UINT8") return AppendInteger<std::uint8_t>;
  if (type == "UINT16") return AppendInteger<std::uint16_t>;
  if (type == "UINT32") return AppendInteger<std::uint32_t>;
  if (type == "UINT64") return AppendInteger<std::uint64_t>;
  if (type == "FP32") return AppendFloat<float>;
  if (type == "FP64") return AppendFloat<double>;
  return nullptr;
}

// Depth is bounded by what a tensor can have, so that hostile nesting cannot exhaust the stack.
bool AppendAll(const Json& data, Appender append, int depth, std::string& bytes) {
  if (!data.is_array()) return append(data, bytes);
  if (depth == 0) return false;
  for (const Json& element : data) {
    if (!AppendAll(element, append, depth - 1, bytes)) return false;
  }
  return true;
}

Outcome<void> AddInput(const Json& entry, const ModelView& model,
                       ::inference::ModelInferRequest& request) {
  if (!entry.is_object()) return InvalidArgument("each of \"inputs\" must be an object");
  const std::string name = entry.value("name", std::string());
  TINYFOG_TRY_ASSIGN(const TensorView* const spec, FindInput(model, name));
  const std::string type = entry.value("datatype", spec->datatype);
  const Appender append = AppenderFor(type);
  const std::string where = "input '" + spec->name + "': ";
  if (append == nullptr)
    return InvalidArgument(where + "data type " + type + " cannot be written in JSON here");
  if (!entry.contains("data")) return InvalidArgument(where + "\"data\" is missing");
  std::string bytes;
  if (!AppendAll(entry["data"], append, 8, bytes)) {
    return InvalidArgument(where + "\"data\" must be (nested) arrays of values that fit " + type);
  }
  if (!entry.contains("shape") && type == spec->datatype) {
    return AddRawInput(model, spec->name, std::move(bytes), request);
  }
  auto& input = *request.add_inputs();
  input.set_name(spec->name);
  input.set_datatype(type);
  const auto shape = entry.value("shape", spec->shape);
  input.mutable_shape()->Assign(shape.begin(), shape.end());
  request.add_raw_input_contents(std::move(bytes));
  return {};
}

}  // namespace

Outcome<::inference::ModelInferRequest> ParseJsonInputs(std::string_view text,
                                                        const ModelView& model) {
  try {
    const Json json = Json::parse(text);
    if (!json.is_object() || !json.contains("inputs") || !json["inputs"].is_array()) {
      return InvalidArgument(R"(expected {"inputs": [{"name": …, "data": […]}]})");
    }
    ::inference::ModelInferRequest request;
    for (const Json& entry : json["inputs"]) TINYFOG_TRY(AddInput(entry, model, request));
    return request;
  } catch (const Json::exception& e) {
    return InvalidArgument(e.what());
  }
}

}  // namespace tinyfog::ctl
