#include "tinyfog/plan/plan.h"

#include "direct.h"
#include "tinyfog/graph/from_tflite.h"
#include "tinyfog/tflite/model.h"
#include "tinyfog/tflite/schema_generated.h"

namespace tinyfog::plan {
namespace {

Error TooLarge(const char* what, std::uint64_t value, std::uint64_t limit) {
  return InvalidArgument("the model has " + std::to_string(value) + " " + what + ", above the " +
                         std::to_string(limit) + " that are allowed");
}

Outcome<void> CheckGraph(const graph::Graph& graph, const Options& options) {
  if (graph.nodes.size() > options.max_operators) {
    return TooLarge("operators", graph.nodes.size(), options.max_operators);
  }
  std::uint64_t bytes = 0;
  for (const graph::Tensor& tensor : graph.tensors) {
    bytes += tensor.bytes();
    if (bytes > options.max_tensor_bytes) {
      return TooLarge("bytes of tensors", bytes, options.max_tensor_bytes);
    }
  }
  return {};
}

Outcome<void> CheckWork(const compile::Compiled& compiled, const Options& options) {
  if (compiled.arena_bytes > options.max_arena_bytes) {
    return TooLarge("bytes of working memory", compiled.arena_bytes, options.max_arena_bytes);
  }
  std::uint64_t macs = 0;
  for (const compile::StepReport& step : compiled.steps) {
    macs += step.macs;
    if (macs > options.max_macs) return TooLarge("multiplications", macs, options.max_macs);
  }
  return {};
}

Port PortOf(const nn::Model& model, const nn::Port& port) {
  const nn::TensorInfo tensor = model.tensor(port.tensor);
  return {.name = std::string(port.name),
          .type = tensor.type,
          .shape = {tensor.shape.begin(), tensor.shape.end()},
          .bytes = tensor.bytes,
          .scale = port.scale,
          .zero_point = port.zero_point};
}

}  // namespace

Plan::Plan(AlignedBytes file, const nn::Model& model, compile::Compiled compiled,
           const char* kernels)
    : file_(std::move(file)), model_(model), compiled_(std::move(compiled)), kernels_(kernels) {
  for (std::uint16_t i = 0; i < model_.input_count(); ++i) {
    inputs_.push_back(PortOf(model_, model_.input(i)));
  }
  for (std::uint16_t i = 0; i < model_.output_count(); ++i) {
    outputs_.push_back(PortOf(model_, model_.output(i)));
  }
  direct_params_ = std::make_unique<DirectParams>(model_, compiled_, inputs_, outputs_);
  for (std::uint16_t i = 0; i < model_.step_count(); ++i) {
    const nn::StepRecord& record = model_.step(i);
    const auto run = model_.EntryOf(record.opcode).run;
    const void* direct = direct_params_->Of(i);
    steps_.push_back({run, &record + 1});
    direct_.push_back({run, direct != nullptr ? direct : &record + 1});
  }
}

Plan::~Plan() = default;

Outcome<std::shared_ptr<const Plan>> Plan::FromTflite(std::span<const std::uint8_t> bytes,
                                                      const Options& options) {
  TINYFOG_TRY_ASSIGN(const auto model, tflite::Parse(bytes));
  tflite::DequantizeConstants(*model);
  TINYFOG_TRY_ASSIGN(const graph::Graph graph, graph::FromTflite(*model));
  return FromGraph(graph, options);
}

Outcome<std::shared_ptr<const Plan>> Plan::FromGraph(const graph::Graph& graph,
                                                     const Options& options) {
  TINYFOG_TRY(CheckGraph(graph, options));
  const nn::Target target = options.isa ? nn::TargetOf(*options.isa) : nn::Target::kPortable;
  TINYFOG_TRY_ASSIGN(compile::Compiled compiled,
                     compile::Compile(graph, {.target = target, .optimise = options.optimise}));
  TINYFOG_TRY(CheckWork(compiled, options));
  AlignedBytes file(compiled.tfm);
  compiled.tfm = {};
  const auto model = nn::Model::Open(
      file.span(), options.isa ? nn::X86Operators(*options.isa) : nn::OperatorsOf(target), target);
  if (!model.ok()) return Internal("the runtime refuses the compiled model");
  // Moving the file leaves its bytes where they are.
  return std::shared_ptr<const Plan>(new Plan(std::move(file), *model, std::move(compiled),
                                              options.isa ? nn::NameOf(*options.isa) : "portable"));
}

}  // namespace tinyfog::plan
