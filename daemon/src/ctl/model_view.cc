#include "model_view.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <string_view>

#include "tinyfog/term/format.h"
#include "values.h"

namespace tinyfog::ctl {
namespace {

using term::Cell;
using Align = term::Column::Align;

std::string Parameter(const ::inference::ModelConfig& config, const std::string& key) {
  const auto it = config.parameters().find(key);
  return it == config.parameters().end() ? "" : it->second.string_value();
}

std::optional<TensorView::Quantization> Quantization(const ::inference::ModelConfig& config,
                                                     const std::string& tensor) {
  const std::string text = Parameter(config, "quantization." + tensor);
  const std::size_t comma = text.find(',');
  if (comma == std::string::npos) return std::nullopt;
  return TensorView::Quantization{std::strtod(text.c_str(), nullptr),
                                  std::strtoll(text.c_str() + comma + 1, nullptr, 10)};
}

std::vector<std::string> SplitLines(const std::string& text) {
  std::vector<std::string> lines;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    lines.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return lines;
}

template <class Tensors>
std::vector<TensorView> Views(const Tensors& tensors, const ::inference::ModelConfig& config) {
  std::vector<TensorView> views;
  for (const auto& tensor : tensors) {
    TensorView view{tensor.name(),
                    tensor.datatype(),
                    {tensor.shape().begin(), tensor.shape().end()},
                    Quantization(config, tensor.name()),
                    0};
    view.bytes = CountElements(view.shape) * ElementBytes(view.datatype);
    views.push_back(std::move(view));
  }
  return views;
}

std::string PolicyText(const ::inference::ModelVersionPolicy& policy) {
  if (policy.has_all()) return "all";
  if (!policy.has_specific()) {
    return "latest " + std::to_string(std::max(1u, policy.latest().num_versions()));
  }
  std::string text = "specific";
  for (const auto version : policy.specific().versions()) text += " " + std::to_string(version);
  return text;
}

// "CpuAcc: 7 layers, CpuRef: 1 layer" from one "layer=backend" per line.
std::string PlacementText(const std::string& placement) {
  std::map<std::string, int> layers;
  for (const auto& line : SplitLines(placement)) ++layers[line.substr(line.rfind('=') + 1)];
  std::string text;
  for (const auto& [backend, count] : layers) {
    text += (text.empty() ? "" : ", ") + backend + ": " + std::to_string(count) +
            (count == 1 ? " layer" : " layers");
  }
  return text;
}

std::int64_t Instances(const ::inference::ModelConfig& config) {
  std::int64_t count = 0;
  for (const auto& group : config.instance_group()) count += group.count();
  return count;
}

std::string Tensors(const ModelView& model, const term::Style& style) {
  term::Table table({{"TENSOR"},
                     {"NAME", Align::kLeft, true},
                     {"TYPE"},
                     {"SHAPE"},
                     {"BYTES", Align::kRight},
                     {"SCALE", Align::kRight},
                     {"ZERO POINT", Align::kRight}});
  const auto rows = [&](const char* kind, const std::vector<TensorView>& tensors) {
    for (const auto& tensor : tensors) {
      const auto& q = tensor.quantization;
      table.Row({kind, tensor.name, tensor.datatype, ShapeText(tensor.shape),
                 term::HumanCount(tensor.bytes), q ? AsText(q->scale) : "–",
                 q ? std::to_string(q->zero_point) : "–"});
    }
  };
  rows("input", model.inputs);
  rows("output", model.outputs);
  return table.Render(style);
}

std::vector<std::string> Fields(const std::string& line) {
  std::vector<std::string> fields(1);
  for (const char c : line) {
    if (c == '\t') {
      fields.emplace_back();
    } else {
      fields.back() += c;
    }
  }
  return fields;
}

std::string Layers(const std::string& layers, const term::Style& style) {
  term::Table table(
      {{"LAYER", Align::kLeft, true}, {"BACKEND"}, {"KERNEL"}, {"TIME", Align::kRight}});
  for (const auto& line : SplitLines(layers)) {
    auto fields = Fields(line);
    fields.resize(4);
    char share[16] = "–";
    if (!fields[3].empty()) {
      std::snprintf(share, sizeof(share), "%.1f %%", 100 * std::strtod(fields[3].c_str(), nullptr));
    }
    table.Row({fields[0], fields[1], fields[2].empty() ? "–" : fields[2], std::string(share)});
  }
  return table.empty() ? "" : "\n" + table.Render(style);
}

std::string Mean(const ::inference::StatisticDuration& duration) {
  if (duration.count() == 0) return "–";
  return term::HumanDuration(std::chrono::nanoseconds(duration.ns() / duration.count()));
}

std::string Statistics(const ::inference::ModelStatisticsResponse& stats,
                       const term::Style& style) {
  term::Table table({{"VERSION", Align::kRight},
                     {"INFERENCES", Align::kRight},
                     {"BATCHES", Align::kRight},
                     {"OK", Align::kRight},
                     {"FAILED", Align::kRight},
                     {"MEAN TOTAL", Align::kRight},
                     {"QUEUE", Align::kRight},
                     {"COMPUTE", Align::kRight}});
  for (const auto& s : stats.model_stats()) {
    const auto& i = s.inference_stats();
    table.Row({s.version(), term::HumanCount(s.inference_count()),
               term::HumanCount(s.execution_count()), term::HumanCount(i.success().count()),
               term::HumanCount(i.fail().count()), Mean(i.success()), Mean(i.queue()),
               Mean(i.compute_infer())});
  }
  return table.empty() ? "" : "\n" + table.Render(style);
}

template <class T>
std::string Join(const T& words) {
  std::string text;
  for (const auto& word : words) text += (text.empty() ? "" : ", ") + word;
  return text;
}

void WriteDuration(const char* key, const ::inference::StatisticDuration& duration,
                   term::JsonWriter& json) {
  json.Key(key).Object().Field("count", duration.count()).Field("ns", duration.ns()).End();
}

void WriteStatistics(const ::inference::ModelStatistics& s, term::JsonWriter& json) {
  const auto& i = s.inference_stats();
  json.Object().Field("version", s.version()).Field("last_inference_ms", s.last_inference());
  json.Field("inferences", s.inference_count()).Field("batches", s.execution_count());
  WriteDuration("success", i.success(), json);
  WriteDuration("fail", i.fail(), json);
  WriteDuration("queue", i.queue(), json);
  WriteDuration("compute_input", i.compute_input(), json);
  WriteDuration("compute_infer", i.compute_infer(), json);
  WriteDuration("compute_output", i.compute_output(), json);
  json.End();
}

void WriteTensors(const char* key, const std::vector<TensorView>& tensors, term::JsonWriter& json) {
  json.Key(key).Array();
  for (const auto& tensor : tensors) {
    json.Object().Field("name", tensor.name).Field("datatype", tensor.datatype);
    json.Key("shape").Array();
    for (const auto dimension : tensor.shape) json.Value(dimension);
    json.End().Field("bytes", tensor.bytes).Key("quantization");
    if (const auto& q = tensor.quantization) {
      json.Object().Field("scale", q->scale).Field("zero_point", q->zero_point).End();
    } else {
      json.Null();
    }
    json.End();
  }
  json.End();
}

}  // namespace

ModelView MakeModelView(const ::inference::ModelMetadataResponse& metadata,
                        const ::inference::ModelConfig& config) {
  ModelView view;
  view.name = metadata.name();
  view.versions = {metadata.versions().begin(), metadata.versions().end()};
  view.platform = metadata.platform();
  view.inputs = Views(metadata.inputs(), config);
  view.outputs = Views(metadata.outputs(), config);
  view.labels = SplitLines(Parameter(config, "labels"));
  view.config = config;
  return view;
}

std::string RenderModel(const ModelView& model, const ::inference::ModelStatisticsResponse& stats,
                        const term::Style& style) {
  const auto& config = model.config;
  const auto& batching = config.dynamic_batching();
  const auto& queue = batching.default_queue_policy();
  const auto micro = [](std::uint64_t us) {
    return us == 0 ? "none" : term::HumanDuration(std::chrono::microseconds(us));
  };
  std::vector<std::pair<std::string, Cell>> pairs{
      {"model", model.name},
      {"versions", Join(model.versions) + " (policy: " + PolicyText(config.version_policy()) + ")"},
      {"platform", model.platform},
      {"batching", "up to " + std::to_string(std::max(1, config.max_batch_size())) + ", waits " +
                       micro(batching.max_queue_delay_microseconds())},
      {"instances", std::to_string(Instances(config))},
      {"queue", term::HumanCount(queue.max_queue_size()) + " requests, time-out " +
                    micro(queue.default_timeout_microseconds())},
      {"priorities", std::to_string(batching.priority_levels()) + ", default " +
                         std::to_string(batching.default_priority_level())}};
  if (!model.labels.empty()) pairs.emplace_back("labels", Join(model.labels));
  if (const auto text = PlacementText(Parameter(config, "placement")); !text.empty()) {
    pairs.emplace_back("placement", text);
  }
  if (const auto text = Parameter(config, "execution"); !text.empty()) {
    pairs.emplace_back("execution", text);
  }
  for (const auto& line : SplitLines(Parameter(config, "checks"))) {
    pairs.emplace_back("checked", line);
  }
  for (const auto& line : SplitLines(Parameter(config, "quarantined"))) {
    pairs.emplace_back("quarantined", line);
  }
  if (const auto text = Parameter(config, "file_bytes"); !text.empty()) {
    pairs.emplace_back("file", term::HumanBytes(std::strtoull(text.c_str(), nullptr, 10)));
  }
  return Pairs(pairs, style) + "\n" + Tensors(model, style) +
         Layers(Parameter(config, "layers"), style) + Statistics(stats, style);
}

void WriteModel(const ModelView& model, const ::inference::ModelStatisticsResponse& stats,
                term::JsonWriter& json) {
  const auto& config = model.config;
  const auto& batching = config.dynamic_batching();
  json.Object().Field("name", model.name).Key("versions").Array();
  for (const auto& version : model.versions) json.Value(version);
  json.End()
      .Field("version_policy", PolicyText(config.version_policy()))
      .Field("platform", model.platform);
  json.Field("max_batch", std::max(1, config.max_batch_size()));
  json.Field("max_queue_delay_us", batching.max_queue_delay_microseconds());
  json.Field("instances", Instances(config));
  json.Field("queue_capacity", batching.default_queue_policy().max_queue_size());
  json.Field("default_timeout_us", batching.default_queue_policy().default_timeout_microseconds());
  json.Field("priority_levels", batching.priority_levels());
  json.Field("default_priority", batching.default_priority_level()).Key("labels").Array();
  for (const auto& label : model.labels) json.Value(label);
  json.End();
  WriteTensors("inputs", model.inputs, json);
  WriteTensors("outputs", model.outputs, json);
  json.Key("parameters").Object();
  const std::map<std::string, ::inference::ModelParameter> sorted(config.parameters().begin(),
                                                                  config.parameters().end());
  for (const auto& [key, parameter] : sorted) json.Field(key, parameter.string_value());
  json.End().Key("statistics").Array();
  for (const auto& s : stats.model_stats()) WriteStatistics(s, json);
  json.End().End();
}

}  // namespace tinyfog::ctl
