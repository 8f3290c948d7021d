#include "infer_input.h"

#include <algorithm>

#include "tinyfog/term/format.h"
#include "values.h"

namespace tinyfog::ctl {
namespace {

std::string InputNames(const ModelView& model) {
  std::string text;
  for (const auto& input : model.inputs) text += (text.empty() ? "" : ", ") + input.name;
  return text;
}

}  // namespace

Outcome<const TensorView*> FindInput(const ModelView& model, const std::string& name) {
  if (name.empty() && model.inputs.size() == 1) return &model.inputs.front();
  const auto it = std::find_if(model.inputs.begin(), model.inputs.end(),
                               [&](const TensorView& input) { return input.name == name; });
  if (it != model.inputs.end()) return &*it;
  const std::string what =
      name.empty() ? "say which input is meant, NAME=FILE" : "there is no input '" + name + "'";
  return InvalidArgument(what + "; " + model.name + " has: " + InputNames(model));
}

InputArgument ParseInputArgument(std::string_view text, const ModelView& model) {
  // Tensor names may contain '=' as file names may: the longest name that fits wins.
  InputArgument best{"", std::string(text)};
  for (const auto& input : model.inputs) {
    if (input.name.size() < best.name.size() || !text.starts_with(input.name)) continue;
    const std::string_view rest = text.substr(input.name.size());
    if (rest.starts_with('=')) best = {input.name, std::string(rest.substr(1))};
  }
  return best;
}

Outcome<void> AddRawInput(const ModelView& model, const std::string& name, std::string bytes,
                          ::inference::ModelInferRequest& request) {
  TINYFOG_TRY_ASSIGN(const TensorView* const spec, FindInput(model, name));
  if (spec->bytes == 0)
    return InvalidArgument("input '" + spec->name + "' has data type " + spec->datatype +
                           ", which is not known here");
  const std::uint64_t rows = bytes.size() / spec->bytes;
  const bool batched = !spec->shape.empty() && spec->shape.front() < 0;
  const auto limit =
      static_cast<std::uint64_t>(batched ? std::max(1, model.config.max_batch_size()) : 1);
  if (bytes.size() % spec->bytes != 0 || rows == 0 || rows > limit) {
    return InvalidArgument("input '" + spec->name + "' " + spec->datatype + " " +
                           ShapeText(spec->shape) + " takes exactly " +
                           term::HumanCount(spec->bytes) + " bytes" +
                           (limit > 1 ? " or up to " + std::to_string(limit) + " times that" : "") +
                           ", not " + term::HumanCount(bytes.size()));
  }
  auto& input = *request.add_inputs();
  input.set_name(spec->name);
  input.set_datatype(spec->datatype);
  for (const auto dimension : spec->shape) {
    input.add_shape(dimension < 0 ? static_cast<std::int64_t>(rows) : dimension);
  }
  request.add_raw_input_contents(std::move(bytes));
  return {};
}

}  // namespace tinyfog::ctl
