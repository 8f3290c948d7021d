#include "runner_for_test.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <filesystem>

#include "tinyfog/graph/from_tflite.h"
#include "tinyfog/host/file.h"
#include "tinyfog/tflite/schema_generated.h"

namespace tinyfog::compile {

Variant VariantNamed(const std::string& name) {
  if (const auto isa = nn::X86IsaNamed(name)) return {nn::TargetOf(*isa), isa};
  return {*TargetNamed(name), {}};
}

std::vector<std::string> VariantNames() {
  std::vector<std::string> names = {"portable", "cortex-m4", "cortex-m55"};
  for (const nn::X86Isa isa : nn::AllX86Isas()) {
    if (nn::IsSupported(isa)) names.emplace_back(nn::NameOf(isa));
  }
  return names;
}

Outcome<std::unique_ptr<Runner>> Runner::FromTflite(const std::string& path, const Options& options,
                                                    std::optional<nn::X86Isa> isa) {
  TINYFOG_TRY_ASSIGN(const auto bytes, ReadFile(path));
  TINYFOG_TRY_ASSIGN(const auto model, tflite::Parse(bytes));
  TINYFOG_TRY_ASSIGN(graph::Graph graph, graph::FromTflite(*model));
  return FromGraph(std::move(graph), options, isa);
}

Outcome<std::unique_ptr<Runner>> Runner::FromGraph(graph::Graph graph, const Options& options,
                                                   std::optional<nn::X86Isa> isa) {
  TINYFOG_TRY_ASSIGN(Compiled compiled, Compile(graph, options));
  TINYFOG_TRY_ASSIGN(auto executable, Executable::Open(compiled.tfm, options.target,
                                                       isa ? nn::X86Operators(*isa)
                                                           : nn::OperatorsOf(options.target)));
  return std::unique_ptr<Runner>(
      new Runner(std::move(graph), std::move(compiled), std::move(executable)));
}

namespace {

void Append(float value, nn::Type type, Layer& layer) {
  std::uint8_t bytes[sizeof(value)] = {};
  if (type == nn::Type::kFloat32) {
    std::memcpy(bytes, &value, sizeof(value));
  } else {
    bytes[0] = static_cast<std::uint8_t>(static_cast<std::int8_t>(value));
  }
  layer.bytes.insert(layer.bytes.end(), bytes, bytes + nn::SizeOf(type));
}

Layer Expand(std::span<const std::uint8_t> bytes, const std::vector<graph::RemovedChannel>& removed,
             nn::Type type, std::size_t channels) {
  Layer layer;
  if (removed.empty()) {
    layer.bytes.assign(bytes.begin(), bytes.end());
    layer.known.assign(bytes.size(), true);
    return layer;
  }
  std::vector<const graph::RemovedChannel*> at(channels);
  for (const graph::RemovedChannel& r : removed) at[static_cast<std::size_t>(r.channel)] = &r;
  for (std::size_t next = 0; next < bytes.size();) {
    for (std::size_t c = 0; c < channels; ++c) {
      const bool is_kept = at[c] == nullptr;
      layer.known.insert(layer.known.end(), nn::SizeOf(type), is_kept || at[c]->value);
      if (is_kept) {
        const auto value = bytes.subspan(next, nn::SizeOf(type));
        layer.bytes.insert(layer.bytes.end(), value.begin(), value.end());
        next += value.size();
      } else {
        Append(at[c]->value.value_or(0), type, layer);
      }
    }
  }
  return layer;
}

void FillInput(std::span<std::uint8_t> input, nn::Type type, InputBytes& source) {
  if (type != nn::Type::kFloat32) {
    for (std::uint8_t& byte : input) byte = source.Next();
    return;
  }
  for (std::size_t i = 0; i + sizeof(float) <= input.size(); i += sizeof(float)) {
    const float value = static_cast<float>(source.Next()) / 64.0f - 2.0f;
    std::memcpy(&input[i], &value, sizeof(value));
  }
}

}  // namespace

std::map<int, Layer> RunLayers(Runner& runner, InputBytes& source) {
  nn::Interpreter& interpreter = runner.interpreter();
  const nn::Model& model = interpreter.model();
  const Compiled& compiled = runner.compiled();
  for (std::uint16_t i = 0; i < model.input_count(); ++i) {
    FillInput(interpreter.input(i), model.tensor(model.input(i).tensor).type, source);
  }
  std::map<int, Layer> layers;
  for (std::uint16_t cut = 0; cut <= model.step_count(); ++cut) {
    if (cut > 0) interpreter.RunSteps(static_cast<std::uint16_t>(cut - 1), cut);
    for (std::size_t t = 0; t < compiled.tensor_records.size(); ++t) {
      if (compiled.tensor_records[t] < 0) continue;
      const std::uint16_t record = runner.RecordOf(static_cast<int>(t));
      if (model.tensor(record).first_cut != cut) continue;
      const graph::Tensor& tensor = runner.graph().tensors[t];
      const std::size_t channels =
          tensor.shape.empty() ? 1 : static_cast<std::size_t>(tensor.shape.back());
      layers[static_cast<int>(t)] =
          Expand(interpreter.tensor(record), compiled.removed_channels[t], tensor.type, channels);
    }
  }
  return layers;
}

std::string FirstDifference(Runner& a, Runner& b, std::uint32_t seed) {
  InputBytes bytes_a(seed);
  InputBytes bytes_b(seed);
  const std::map<int, Layer> layers_a = RunLayers(a, bytes_a);
  const std::map<int, Layer> layers_b = RunLayers(b, bytes_b);
  for (const auto& [tensor, x] : layers_a) {
    const auto found = layers_b.find(tensor);
    if (found == layers_b.end()) continue;
    const Layer& y = found->second;
    const std::string text = graph::TensorText(a.graph().tensors[static_cast<std::size_t>(tensor)]);
    if (x.bytes.size() != y.bytes.size()) return text + ": the sizes differ";
    for (std::size_t i = 0; i < x.bytes.size(); ++i) {
      if (x.known[i] && y.known[i] && x.bytes[i] != y.bytes[i]) {
        return text + ": byte " + std::to_string(i) + " differs";
      }
    }
  }
  return "";
}

double LargestDifference(Runner& a, Runner& b, std::uint32_t seed) {
  InputBytes bytes_a(seed);
  InputBytes bytes_b(seed);
  const std::map<int, Layer> layers_a = RunLayers(a, bytes_a);
  const std::map<int, Layer> layers_b = RunLayers(b, bytes_b);
  double difference = 0;
  double largest = 1;
  for (const auto& [tensor, x] : layers_a) {
    const auto found = layers_b.find(tensor);
    if (found == layers_b.end()) continue;
    const Layer& y = found->second;
    if (x.bytes.size() != y.bytes.size()) return INFINITY;
    for (std::size_t i = 0; i < x.bytes.size(); i += sizeof(float)) {
      if (!x.known[i] || !y.known[i]) continue;
      const double d = std::abs(x.FloatAt(i) - y.FloatAt(i));
      if (!(d <= difference)) difference = d;  // NaN stays
      largest = std::max(largest, std::abs(y.FloatAt(i)));
    }
  }
  return difference / largest;
}

std::optional<std::string> SharedFolder() {
  const char* variable = std::getenv("TINYFOG_SHARED");
  const std::string folder =
      variable != nullptr ? variable : std::string(TINYFOG_SOURCE_DIR) + "/../shared";
  if (!std::filesystem::exists(folder)) return std::nullopt;
  return folder;
}

}  // namespace tinyfog::compile
