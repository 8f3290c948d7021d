#include "report.h"

#include "tinyfog/term/json_writer.h"

namespace tinyfog::compile {
namespace {

std::string ShapeText(const std::vector<std::int32_t>& shape) {
  std::string text;
  for (const std::int32_t d : shape) text += (text.empty() ? "" : "x") + std::to_string(d);
  return text;
}

std::uint64_t TotalMacs(const Compiled& compiled) {
  std::uint64_t macs = 0;
  for (const StepReport& step : compiled.steps) macs += step.macs;
  return macs;
}

}  // namespace

std::string ReportText(const Compiled& compiled, const term::Style& style) {
  constexpr auto kRight = term::Column::Align::kRight;
  term::Table table({{"step", kRight},
                     {"operator"},
                     {"kernel"},
                     {"output"},
                     {"MACs", kRight},
                     {"constants", kRight},
                     {"live bytes", kRight}});
  for (std::size_t i = 0; i < compiled.steps.size(); ++i) {
    const StepReport& step = compiled.steps[i];
    table.Row({std::to_string(i), std::to_string(step.source) + " " + step.op, step.kernel,
               ShapeText(step.shape), std::to_string(step.macs),
               std::to_string(step.constant_bytes), std::to_string(step.live_bytes)});
  }
  return table.Render(style) +
         term::Pairs(
             {{"MACs", std::to_string(TotalMacs(compiled))},
              {"model flash", std::to_string(compiled.tfm.size()) + " bytes"},
              {"arena", std::to_string(compiled.arena_bytes) + " bytes (no plan needs less than " +
                            std::to_string(compiled.arena_bound) + ")"}},
             style);
}

std::string ReportJson(const Compiled& compiled) {
  term::JsonWriter json;
  json.Object();
  json.Field("macs", TotalMacs(compiled))
      .Field("model_flash_bytes", compiled.tfm.size())
      .Field("arena_bytes", compiled.arena_bytes)
      .Field("arena_bound_bytes", compiled.arena_bound);
  json.Key("steps").Array();
  for (const StepReport& step : compiled.steps) {
    json.Object();
    json.Field("operator", step.op)
        .Field("source", step.source)
        .Field("kernel", step.kernel)
        .Field("macs", step.macs)
        .Field("constant_bytes", step.constant_bytes)
        .Field("live_bytes", step.live_bytes);
    json.Key("shape").Array();
    for (const std::int32_t d : step.shape) json.Value(d);
    json.End().End();
  }
  json.End().End();
  return json.text() + "\n";
}

}  // namespace tinyfog::compile
