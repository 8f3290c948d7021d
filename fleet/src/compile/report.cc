#include "report.h"

#include <algorithm>

#include "tinyfog/term/json_writer.h"

namespace tinyfog::compile {
namespace {

std::string ShapeText(const std::vector<std::int32_t>& shape) {
  std::string text;
  for (const std::int32_t d : shape) text += (text.empty() ? "" : "x") + std::to_string(d);
  return text;
}

std::uint64_t Total(const Compiled& compiled, std::uint64_t StepReport::*field) {
  std::uint64_t total = 0;
  for (const StepReport& step : compiled.steps) total += step.*field;
  return total;
}

const char* KindName(ArenaBuffer::Kind kind) {
  switch (kind) {
    case ArenaBuffer::Kind::kScratch:
      return "scratch";
    case ArenaBuffer::Kind::kState:
      return "state";
    default:
      return "tensor";
  }
}

std::string Timeline(const Compiled& compiled, std::uint64_t live) {
  constexpr std::uint64_t kWidth = 20;
  const std::uint64_t all = std::max<std::uint64_t>(1, compiled.arena_bytes);
  return std::string(static_cast<std::size_t>((live * kWidth + all - 1) / all), '#');
}

}  // namespace

std::string ReportText(const Compiled& compiled, const term::Style& style) {
  constexpr auto kRight = term::Column::Align::kRight;
  term::Table table({{"step", kRight},
                     {"operator"},
                     {"kernel"},
                     {"output"},
                     {"MACs", kRight},
                     {"weights", kRight},
                     {"constants", kRight},
                     {"instructions", kRight},
                     {"live bytes", kRight},
                     {"of the arena"}});
  for (std::size_t i = 0; i < compiled.steps.size(); ++i) {
    const StepReport& step = compiled.steps[i];
    table.Row({std::to_string(i), std::to_string(step.source) + " " + step.op, step.kernel,
               ShapeText(step.shape), std::to_string(step.macs), std::to_string(step.weights),
               std::to_string(step.constant_bytes), std::to_string(step.instructions),
               std::to_string(step.live_bytes), Timeline(compiled, step.live_bytes)});
  }
  return table.Render(style) +
         term::Pairs(
             {{"MACs", std::to_string(Total(compiled, &StepReport::macs))},
              {"weights", std::to_string(Total(compiled, &StepReport::weights))},
              {"instructions",
               "about " + std::to_string(Total(compiled, &StepReport::instructions))},
              {"model flash", std::to_string(compiled.tfm.size()) + " bytes"},
              {"arena", std::to_string(compiled.arena_bytes) + " bytes (no plan needs less than " +
                            std::to_string(compiled.arena_bound) + ")"}},
             style);
}

std::string ReportJson(const Compiled& compiled) {
  term::JsonWriter json;
  json.Object();
  json.Field("macs", Total(compiled, &StepReport::macs))
      .Field("weights", Total(compiled, &StepReport::weights))
      .Field("estimated_instructions", Total(compiled, &StepReport::instructions))
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
        .Field("weights", step.weights)
        .Field("estimated_instructions", step.instructions)
        .Field("constant_bytes", step.constant_bytes)
        .Field("live_bytes", step.live_bytes);
    json.Key("shape").Array();
    for (const std::int32_t d : step.shape) json.Value(d);
    json.End().End();
  }
  json.End();
  json.Key("buffers").Array();
  for (const ArenaBuffer& buffer : compiled.buffers) {
    json.Object();
    json.Field("kind", KindName(buffer.kind))
        .Field("name", buffer.name)
        .Field("offset", buffer.offset)
        .Field("bytes", buffer.bytes)
        .Field("first_step", buffer.first)
        .Field("last_step", buffer.last);
    json.End();
  }
  json.End().End();
  return json.text() + "\n";
}

}  // namespace tinyfog::compile
