#include "describe.h"

#include <algorithm>

#include "estimate.h"
#include "stream.h"

namespace tinyfog::compile {
namespace {

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

std::uint64_t WeightsOf(const graph::Graph& graph, const graph::Node& node) {
  if (MacsOf(graph, node) == 0 || node.inputs.size() < 2 || node.inputs[1] < 0) return 0;
  const graph::Tensor& filter = graph.tensors[static_cast<std::size_t>(node.inputs[1])];
  return filter.constant ? filter.elements() : 0;
}

bool IsPool(const graph::Node& node) {
  return node.op == graph::Op::kAveragePool2d || node.op == graph::Op::kMaxPool2d ||
         node.op == graph::Op::kL2Pool2d;
}

// Adds what one node of a step costs.
void AddNode(const graph::Graph& graph, int index, nn::Opcode kernel, StepReport& report) {
  const graph::Node& node = graph.nodes[static_cast<std::size_t>(index)];
  const graph::Attributes& a = node.attributes;
  const std::uint64_t outputs = graph.tensors[static_cast<std::size_t>(node.outputs[0])].elements();
  const std::uint64_t macs = MacsOf(graph, node);
  const std::uint64_t window =
      static_cast<std::uint64_t>(a.filter_height) * static_cast<std::uint64_t>(a.filter_width);
  report.macs += macs;
  report.weights += WeightsOf(graph, node);
  report.instructions += EstimateOf(kernel, IsPool(node) ? outputs * window : macs, outputs);
}

std::string NameOf(const graph::Node& node) {
  return std::to_string(node.source) + " " + std::string(graph::OpName(node.op));
}

// The operator that makes what lies in the buffer, or which input it is; empty: no tensor does.
std::string TensorIn(const graph::Graph& graph, const Program& program, int buffer) {
  const auto holds = [&](int t) {
    return program.storage[static_cast<std::size_t>(t)].buffer == buffer;
  };
  for (std::size_t i = 0; i < graph.inputs.size(); ++i) {
    if (holds(graph.inputs[i])) return "input " + std::to_string(i);
  }
  for (const graph::Node& node : graph.nodes) {
    if (std::any_of(node.outputs.begin(), node.outputs.end(), holds)) return NameOf(node);
  }
  return "";
}

// The operator whose steps use it.
std::string UserOf(const graph::Graph& graph, const Program& program, int buffer) {
  for (const Step& step : program.steps) {
    for (const Patch& patch : step.patches) {
      if (patch.buffer == buffer) return NameOf(graph.nodes[static_cast<std::size_t>(step.node)]);
    }
  }
  return "";
}

// The buffer that holds this tensor alone; -1: none does.
int OwnBuffer(const Program& program, int tensor) {
  const Storage& storage = program.storage[static_cast<std::size_t>(tensor)];
  if (storage.is_constant || storage.buffer < 0 || storage.offset != 0) return -1;
  return program.buffers[static_cast<std::size_t>(storage.buffer)].is_state ? -1 : storage.buffer;
}

std::vector<PortUse> UsesOf(const Program& program, int buffer) {
  std::vector<PortUse> uses;
  for (std::size_t i = 0; i < program.steps.size(); ++i) {
    for (const Patch& patch : program.steps[i].patches) {
      if (patch.buffer != buffer) continue;
      uses.push_back({static_cast<std::uint16_t>(i), patch.position, patch.offset});
    }
  }
  return uses;
}

}  // namespace

std::vector<StepReport> DescribeSteps(const graph::Graph& graph, const Program& program,
                                      const Plan& plan) {
  std::vector<StepReport> steps;
  for (std::size_t i = 0; i < program.steps.size(); ++i) {
    const Step& step = program.steps[i];
    const graph::Node& node = graph.nodes[static_cast<std::size_t>(step.node)];
    StepReport report;
    report.op = graph::OpName(node.op);
    report.source = node.source;
    report.kernel = KernelName(step.opcode);
    report.shape = graph.tensors[static_cast<std::size_t>(node.outputs[0])].shape;
    report.constant_bytes = step.constant_bytes;
    report.live_bytes = plan.live[i + 1];
    const StreamedKernels kernels = StreamedKernelsOf(step.opcode);
    AddNode(graph, step.node, kernels.second, report);
    if (step.streamed_node >= 0) {
      const graph::Node& before = graph.nodes[static_cast<std::size_t>(step.streamed_node)];
      report.op = std::string(graph::OpName(before.op)) + " + " + report.op;
      AddNode(graph, step.streamed_node, kernels.first, report);
    }
    steps.push_back(std::move(report));
  }
  return steps;
}

std::vector<ArenaBuffer> DescribeBuffers(const graph::Graph& graph, const Program& program) {
  using Kind = ArenaBuffer::Kind;
  std::vector<ArenaBuffer> buffers;
  for (std::size_t i = 0; i < program.buffers.size(); ++i) {
    const Buffer& buffer = program.buffers[i];
    if (buffer.last < buffer.first) continue;
    ArenaBuffer& described = buffers.emplace_back();
    const int index = static_cast<int>(i);
    described.name = TensorIn(graph, program, index);
    described.kind = buffer.is_state          ? Kind::kState
                     : described.name.empty() ? Kind::kScratch
                                              : Kind::kTensor;
    if (described.name.empty()) described.name = UserOf(graph, program, index);
    described.offset = buffer.offset;
    described.bytes = buffer.bytes;
    described.first = buffer.first;
    described.last = buffer.last;
  }
  return buffers;
}

std::vector<std::vector<PortUse>> DescribePorts(const graph::Graph& graph, const Program& program) {
  std::vector<int> buffers;
  for (const std::vector<int>* ports : {&graph.inputs, &graph.outputs}) {
    for (const int tensor : *ports) buffers.push_back(OwnBuffer(program, tensor));
  }
  std::vector<std::vector<PortUse>> uses;
  for (const int buffer : buffers) {
    const bool is_own = buffer >= 0 && std::count(buffers.begin(), buffers.end(), buffer) == 1;
    uses.push_back(is_own ? UsesOf(program, buffer) : std::vector<PortUse>());
  }
  return uses;
}

}  // namespace tinyfog::compile
