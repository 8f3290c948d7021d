#include "tinyfog/compile/compile.h"

#include "lower_graph.h"
#include "optimise.h"
#include "tinyfog/compile/executable.h"
#include "write.h"

namespace tinyfog::compile {
namespace {

// Counts in the file are 16 bits wide, offsets 31.
constexpr std::size_t kMaxCount = 65535;
constexpr std::uint64_t kMaxBytes = 0x7FFFFFFF;

Outcome<void> CheckSizes(const graph::Graph& graph, const Program& program, const Plan& plan) {
  if (graph.tensors.size() > kMaxCount || program.steps.size() > kMaxCount) {
    return InvalidArgument("the model has more than 65535 tensors or steps");
  }
  if (plan.arena_bytes > kMaxBytes || program.constants.size() > kMaxBytes / 2) {
    return InvalidArgument("the model needs more than 2 GB of memory or 1 GB of constants");
  }
  return {};
}

// Multiplications of the operators that have many.
std::uint64_t MacsOf(const graph::Graph& graph, const graph::Node& node) {
  const auto tensor = [&](int t) -> const graph::Tensor& {
    return graph.tensors[static_cast<std::size_t>(t)];
  };
  switch (node.op) {
    case graph::Op::kConv2d:
    case graph::Op::kFullyConnected:
      return tensor(node.outputs[0]).elements() * tensor(node.inputs[1]).elements() /
             static_cast<std::uint64_t>(tensor(node.inputs[1]).shape[0]);
    case graph::Op::kDepthwiseConv2d:
      return tensor(node.outputs[0]).elements() * tensor(node.inputs[1]).elements() /
             static_cast<std::uint64_t>(tensor(node.inputs[1]).shape[3]);
    case graph::Op::kTransposeConv:
      return tensor(node.inputs[2]).elements() * tensor(node.inputs[1]).elements() /
             static_cast<std::uint64_t>(tensor(node.inputs[1]).shape[3]);
    case graph::Op::kBatchMatmul:
      return tensor(node.outputs[0]).elements() *
             static_cast<std::uint64_t>(node.attributes.adjoint_x
                                            ? *(tensor(node.inputs[0]).shape.end() - 2)
                                            : tensor(node.inputs[0]).shape.back());
    default:
      return 0;
  }
}

std::vector<StepReport> Report(const graph::Graph& graph, const Program& program,
                               const Plan& plan) {
  std::vector<StepReport> steps;
  for (std::size_t i = 0; i < program.steps.size(); ++i) {
    const Step& step = program.steps[i];
    const graph::Node& node = graph.nodes[static_cast<std::size_t>(step.node)];
    StepReport report;
    report.op = graph::OpName(node.op);
    if (step.streamed_node >= 0) {
      const graph::Node& before = graph.nodes[static_cast<std::size_t>(step.streamed_node)];
      report.op = std::string(graph::OpName(before.op)) + " + " + report.op;
      report.macs += MacsOf(graph, before);
    }
    report.source = node.source;
    report.kernel = KernelName(step.opcode);
    report.shape = graph.tensors[static_cast<std::size_t>(node.outputs[0])].shape;
    report.macs += MacsOf(graph, node);
    report.constant_bytes = step.constant_bytes;
    report.live_bytes = plan.live[i + 1];
    steps.push_back(std::move(report));
  }
  return steps;
}

}  // namespace

Outcome<Compiled> Compile(const graph::Graph& source, const Options& options) {
  const graph::Graph graph = options.optimise ? Optimised(source) : source;
  if (graph.nodes.empty()) return InvalidArgument("the model has no operators");
  TINYFOG_TRY_ASSIGN(const Lowered lowered, LowerGraph(graph, options.target, options.optimise));
  const auto& [program, plan] = lowered;
  TINYFOG_TRY(CheckSizes(graph, program, plan));
  Written written = WriteTfm(graph, program, plan, options);
  // The node's own check is the last word on what leaves the compiler.
  TINYFOG_TRY(Executable::Open(written.bytes, options.target));
  Compiled compiled;
  compiled.tfm = std::move(written.bytes);
  compiled.tensor_records = std::move(written.tensor_records);
  for (std::size_t i = 0; i < source.tensors.size(); ++i) {
    compiled.removed_channels.push_back(graph.tensors[i].removed);
  }
  compiled.tensor_records.resize(source.tensors.size());  // without those that passes added
  compiled.steps = Report(graph, program, plan);
  compiled.arena_bytes = static_cast<std::uint32_t>(plan.arena_bytes);
  compiled.arena_bound = static_cast<std::uint32_t>(plan.bound);
  return compiled;
}

}  // namespace tinyfog::compile
