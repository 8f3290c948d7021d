#include "infer_output.h"

#include <algorithm>
#include <cmath>

#include "tinyfog/term/format.h"

namespace tinyfog::ctl {
namespace {

using Align = term::Column::Align;
constexpr std::size_t kMostClasses = 100;  // without labels, more values are no classes

double Real(const OutputView& output, const Number& stored) {
  const double value = AsDouble(stored);
  const auto& q = output.quantization;
  return q ? q->scale * (value - static_cast<double>(q->zero_point)) : value;
}

std::string Label(const ModelView& model, std::size_t index) {
  return index < model.labels.size() ? model.labels[index] : "";
}

std::size_t PerRow(const OutputView& output) {
  return output.rows == 0 ? 0 : output.values.size() / output.rows;
}

std::vector<Number> Row(const OutputView& output, std::uint64_t row) {
  const auto first = output.values.begin() + static_cast<std::ptrdiff_t>(row * PerRow(output));
  return {first, first + static_cast<std::ptrdiff_t>(PerRow(output))};
}

std::string RenderClasses(const OutputView& output, const ModelView& model, std::size_t top,
                          const term::Style& style) {
  term::Table table({{"ROW", Align::kRight},
                     {"CLASS", Align::kRight},
                     {"LABEL", Align::kLeft, true},
                     {"SCORE", Align::kRight},
                     {"VALUE", Align::kRight}});
  for (std::uint64_t row = 0; row < output.rows; ++row) {
    bool best = true;
    for (const Ranked& ranked : Largest(Row(output, row), top)) {
      const auto tone = best ? term::Tone::kGood : term::Tone::kPlain;
      table.Row({std::to_string(row),
                 std::to_string(ranked.index),
                 {Label(model, ranked.index), tone},
                 term::Fixed(Real(output, ranked.value), 4),
                 AsText(ranked.value)});
      best = false;
    }
  }
  return table.Render(style);
}

std::string RenderValues(const OutputView& output, const term::Style& style) {
  double low = INFINITY, high = -INFINITY, sum = 0;
  std::string first;
  for (std::size_t i = 0; i < output.values.size(); ++i) {
    const double value = Real(output, output.values[i]);
    low = std::min(low, value);
    high = std::max(high, value);
    sum += value;
    if (i < 8) first += (i == 0 ? "" : " ") + AsText(output.values[i]);
  }
  if (output.values.empty()) return "no values\n";
  const auto count = static_cast<double>(output.values.size());
  return term::Pairs({{"least", term::Fixed(low, 4)},
                      {"largest", term::Fixed(high, 4)},
                      {"mean", term::Fixed(sum / count, 4)},
                      {"values", first + (output.values.size() > 8 ? " …" : "")}},
                     style);
}

}  // namespace

Outcome<std::vector<OutputView>> DecodeOutputs(const ::inference::ModelInferResponse& response,
                                               const ModelView& model) {
  if (response.raw_output_contents_size() != response.outputs_size()) {
    return Internal("the answer has " + std::to_string(response.outputs_size()) + " outputs but " +
                    std::to_string(response.raw_output_contents_size()) + " contents");
  }
  std::vector<OutputView> views;
  for (int i = 0; i < response.outputs_size(); ++i) {
    const auto& output = response.outputs(i);
    OutputView view{
        output.name(), output.datatype(), {output.shape().begin(), output.shape().end()}, {}, 1, {},
        false};
    auto values = DecodeNumbers(output.datatype(), response.raw_output_contents(i));
    if (!values.ok()) return Internal("output '" + view.name + "': " + values.error().message);
    view.values = std::move(values).value();
    if (view.values.size() != CountElements(view.shape)) {
      return Internal("output '" + view.name + "': " + std::to_string(view.values.size()) +
                      " values for shape " + ShapeText(view.shape));
    }
    const auto spec = std::find_if(model.outputs.begin(), model.outputs.end(),
                                   [&](const TensorView& t) { return t.name == view.name; });
    if (spec != model.outputs.end()) {
      view.quantization = spec->quantization;
      const bool batched = !spec->shape.empty() && spec->shape.front() < 0 && !view.shape.empty();
      if (batched) view.rows = static_cast<std::uint64_t>(view.shape.front());
    }
    const std::size_t width = PerRow(view);
    view.classes = width > 1 && (width == model.labels.size() ||
                                 (model.labels.empty() && width <= kMostClasses));
    views.push_back(std::move(view));
  }
  return views;
}

std::string RenderOutputs(const std::vector<OutputView>& outputs, const ModelView& model,
                          std::size_t top, const term::Style& style) {
  std::string text;
  for (const auto& output : outputs) {
    text += term::Pairs(
        {{"output", output.name + " " + output.datatype + " " + ShapeText(output.shape)}}, style);
    text += output.classes ? RenderClasses(output, model, top, style) : RenderValues(output, style);
  }
  return text;
}

void WriteOutputs(const std::vector<OutputView>& outputs, const ModelView& model, std::size_t top,
                  term::JsonWriter& json) {
  const auto number = [&](const Number& value) {
    std::visit([&](auto v) { json.Value(v); }, value);
  };
  json.Array();
  for (const auto& output : outputs) {
    json.Object()
        .Field("name", output.name)
        .Field("datatype", output.datatype)
        .Key("shape")
        .Array();
    for (const auto dimension : output.shape) json.Value(dimension);
    json.End().Key("data").Array();
    for (const auto& value : output.values) number(value);
    json.End().Key("top").Array();
    for (std::uint64_t row = 0; output.classes && row < output.rows; ++row) {
      json.Array();
      for (const Ranked& ranked : Largest(Row(output, row), top)) {
        json.Object().Field("index", ranked.index).Field("label", Label(model, ranked.index));
        json.Field("score", Real(output, ranked.value)).Key("value");
        number(ranked.value);
        json.End();
      }
      json.End();
    }
    json.End().End();
  }
  json.End();
}

}  // namespace tinyfog::ctl
