#include "stream.h"

#include <algorithm>

#include "tinyfog/graph/padding.h"

namespace tinyfog::compile {
namespace {

using graph::Graph;
using graph::Node;
using graph::Tensor;

const Tensor& TensorOf(const Graph& graph, int t) {
  return graph.tensors[static_cast<std::size_t>(t)];
}

int ReadersOf(const Graph& graph, int tensor) {
  const auto count = [tensor](const std::vector<int>& list) {
    return static_cast<int>(std::count(list.begin(), list.end(), tensor));
  };
  int readers = count(graph.outputs) + count(graph.inputs);
  for (const Node& node : graph.nodes) readers += count(node.inputs);
  return readers;
}

// One image, and a filter of 4 dimensions that is there.
bool HasMaps(const Graph& graph, const Node& node) {
  if (node.inputs.size() < 2 || node.inputs[0] < 0 || node.inputs[1] < 0) return false;
  const Tensor& input = TensorOf(graph, node.inputs[0]);
  const Tensor& output = TensorOf(graph, node.outputs[0]);
  return input.shape.size() == 4 && output.shape.size() == 4 && input.shape[0] == 1 &&
         output.shape[0] == 1 && TensorOf(graph, node.inputs[1]).shape.size() == 4 &&
         std::min(node.attributes.stride_height, node.attributes.stride_width) >= 1 &&
         node.attributes.dilation_height == 1 && node.attributes.dilation_width == 1;
}

bool IsPointwise(const Graph& graph, const Node& node) {
  if (node.op != graph::Op::kConv2d || !HasMaps(graph, node)) return false;
  const Tensor& input = TensorOf(graph, node.inputs[0]);
  const Tensor& filter = TensorOf(graph, node.inputs[1]);
  const Tensor& output = TensorOf(graph, node.outputs[0]);
  const auto padding = PaddingOf(node.attributes, input, output, 1, 1);
  return filter.shape[1] == 1 && filter.shape[2] == 1 && filter.shape[3] == input.shape[3] &&
         node.attributes.stride_height == 1 && node.attributes.stride_width == 1 && padding &&
         padding->empty();
}

// The operand of an ADD that is not the map before it; nothing if they are no such pair.
std::optional<int> OtherOperand(const Graph& graph, const Node& first, const Node& second) {
  if (first.op != graph::Op::kConv2d || second.op != graph::Op::kAdd || !HasMaps(graph, first) ||
      second.inputs.size() != 2) {
    return std::nullopt;
  }
  const int map = first.outputs[0];
  const int other = second.inputs[0] == map ? second.inputs[1] : second.inputs[0];
  if (other < 0 || other == map || (second.inputs[0] != map && second.inputs[1] != map) ||
      TensorOf(graph, other).shape != TensorOf(graph, map).shape ||
      TensorOf(graph, second.outputs[0]).shape != TensorOf(graph, map).shape) {
    return std::nullopt;
  }
  const Tensor& input = TensorOf(graph, first.inputs[0]);
  const Tensor& filter = TensorOf(graph, first.inputs[1]);
  const auto padding =
      PaddingOf(first.attributes, input, TensorOf(graph, map), filter.shape[1], filter.shape[2]);
  const int rows = TensorOf(graph, map).shape[1];
  const bool is_inside =
      padding && (rows - 1) * first.attributes.stride_height < padding->top + input.shape[1];
  return is_inside ? std::optional(other) : std::nullopt;
}

// What a stream's rows follow from.
struct Window {
  int stride;
  int kernel;
  int top;
};
std::optional<Window> DepthwiseWindow(const Graph& graph, const Node& node) {
  if (node.op != graph::Op::kDepthwiseConv2d || !HasMaps(graph, node)) return std::nullopt;
  const Tensor& input = TensorOf(graph, node.inputs[0]);
  const Tensor& filter = TensorOf(graph, node.inputs[1]);
  const Tensor& output = TensorOf(graph, node.outputs[0]);
  const auto padding = PaddingOf(node.attributes, input, output, filter.shape[1], filter.shape[2]);
  if (!padding || input.shape[3] != output.shape[3]) return std::nullopt;
  const Window w = {node.attributes.stride_height, filter.shape[1], padding->top};
  const bool is_inside =
      w.top < w.kernel && (output.shape[1] - 1) * w.stride < w.top + input.shape[1];
  return is_inside ? std::optional(w) : std::nullopt;
}

constexpr struct {
  nn::Opcode stream;
  StreamedKernels kernels;
} kStreams[] = {
    {nn::Opcode::kStreamInt8, {nn::Opcode::kConv2dInt8, nn::Opcode::kDepthwiseInt8}},
    {nn::Opcode::kStreamDsp, {nn::Opcode::kConvDsp, nn::Opcode::kDepthwiseDsp}},
    {nn::Opcode::kStreamHelium, {nn::Opcode::kConvHelium, nn::Opcode::kDepthwiseHelium}},
    {nn::Opcode::kResidualInt8, {nn::Opcode::kConv2dInt8, nn::Opcode::kAddInt8}},
    {nn::Opcode::kResidualDsp, {nn::Opcode::kConvDsp, nn::Opcode::kAddDsp}},
    {nn::Opcode::kResidualHelium, {nn::Opcode::kConvHelium, nn::Opcode::kAddInt8}},
};

std::optional<nn::Opcode> StreamOf(nn::Opcode first, nn::Opcode second) {
  for (const auto& [stream, kernels] : kStreams) {
    if (kernels.first == first && kernels.second == second) return stream;
  }
  return std::nullopt;
}

// Whether each output row ends before the input rows that are unread when it is written.
bool MayOverlap(const Window& w, const Tensor& input, const Tensor& output, int rows) {
  const std::int64_t input_row = std::int64_t{input.shape[2]} * input.shape[3];
  const std::int64_t output_row = std::int64_t{output.shape[2]} * output.shape[3];
  for (std::int64_t y = 0; y < output.shape[1]; y += rows) {
    const std::int64_t end = std::min<std::int64_t>(y + rows, output.shape[1]);
    const std::int64_t read =
        std::min<std::int64_t>(input.shape[1], (end - 1) * w.stride + w.kernel - w.top);
    if (end * output_row > read * input_row) return false;
  }
  return true;
}

std::uint64_t RingBytes(const Window& window, const Tensor& map, int rows) {
  const int all = (rows - 1) * window.stride + window.kernel;
  constexpr std::uint64_t kReadBeyond = 3;
  return static_cast<std::uint64_t>(std::min(all, map.shape[1])) *
             static_cast<std::uint64_t>(map.shape[2]) * static_cast<std::uint64_t>(map.shape[3]) +
         kReadBeyond;
}

// nn::StreamParams and nn::ResidualParams: both parameter structs, then the rows and more.
void Append(Step& step, const Step& second, const std::vector<std::uint16_t>& tail) {
  for (Patch patch : second.patches) {
    patch.position += static_cast<std::uint32_t>(step.params.size());
    step.patches.push_back(patch);
  }
  step.params.insert(step.params.end(), second.params.begin(), second.params.end());
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(tail.data());
  step.params.insert(step.params.end(), bytes, bytes + tail.size() * sizeof(tail[0]));
  step.streamed_node = step.node;
  step.node = second.node;
  step.constant_bytes += second.constant_bytes;
  step.reusable.clear();
}

void Retarget(Step& step, int whole, int part) {
  for (Patch& patch : step.patches) {
    if (patch.buffer == whole) patch.buffer = part;
  }
}

// The steps of a pointwise and a depthwise convolution.
void MergeConvolutions(Context& context, const Graph& graph, Step& step, const Step& second,
                       int rows) {
  const int input = graph.nodes[static_cast<std::size_t>(context.node_index()) - 1].inputs[0];
  const Storage from = context.StorageOf(input);
  const Storage to = context.StorageOf(context.OutTensor());
  const Window window = *DepthwiseWindow(graph, context.node());
  const int whole = context.StorageOf(context.InTensor(0)).buffer;
  const int ring = context.AddScratch(RingBytes(window, context.In(0), rows));
  Append(step, second, {static_cast<std::uint16_t>(rows), 0});
  Retarget(step, whole, ring);
  if (from.offset == 0 && to.offset == 0 &&
      MayOverlap(window, TensorOf(graph, input), context.Out(), rows)) {
    step.reusable.push_back({from.buffer, 0});
    step.output = to.buffer;
  }
}

// The steps of a convolution and an ADD.
void MergeSum(Context& context, const Graph& graph, Step& step, const Step& second, int rows) {
  const Node& conv = graph.nodes[static_cast<std::size_t>(context.node_index()) - 1];
  const Tensor& map = context.Out();
  const std::uint64_t row =
      static_cast<std::uint64_t>(map.shape[2]) * static_cast<std::uint64_t>(map.shape[3]);
  rows = std::min(rows, map.shape[1]);
  const int whole = context.StorageOf(conv.outputs[0]).buffer;
  const int made = context.AddScratch(row * static_cast<std::uint64_t>(rows));
  Append(step, second,
         {static_cast<std::uint16_t>(rows), static_cast<std::uint16_t>(map.shape[1]),
          static_cast<std::uint16_t>(map.shape[2]), 0});
  Retarget(step, whole, made);
  const Storage from = context.StorageOf(conv.inputs[0]);
  const Storage other = context.StorageOf(*OtherOperand(graph, conv, context.node()));
  const Storage to = context.StorageOf(context.OutTensor());
  const bool is_read = from.buffer == other.buffer && !IsPointwise(graph, conv);
  if (!other.is_constant && !is_read && other.offset == 0 && to.offset == 0) {
    step.reusable.push_back({other.buffer, 0});
    step.output = to.buffer;
  }
}

}  // namespace

StreamedKernels StreamedKernelsOf(nn::Opcode opcode) {
  for (const auto& [stream, kernels] : kStreams) {
    if (stream == opcode) return kernels;
  }
  return {opcode, opcode};
}

bool CanStream(const Graph& graph, int index) {
  const std::size_t i = static_cast<std::size_t>(index);
  if (i + 1 >= graph.nodes.size()) return false;
  const Node& first = graph.nodes[i];
  const Node& second = graph.nodes[i + 1];
  if (first.outputs.empty() || ReadersOf(graph, first.outputs[0]) != 1) return false;
  return OtherOperand(graph, first, second) ||
         (IsPointwise(graph, first) && DepthwiseWindow(graph, second) &&
          second.inputs[0] == first.outputs[0]);
}

bool MergeIntoStream(Context& context, const Graph& graph, int rows) {
  Program& program = context.program();
  const std::size_t index = static_cast<std::size_t>(context.node_index());
  const std::size_t at = static_cast<std::size_t>(program.first_step[index - 1]);
  if (program.steps.size() != at + 2) return false;
  Step& step = program.steps[at];
  const std::optional<nn::Opcode> stream = StreamOf(step.opcode, program.steps[at + 1].opcode);
  const int map = graph.nodes[index - 1].outputs[0];
  if (!stream || context.StorageOf(graph.nodes[index - 1].inputs[0]).is_constant ||
      context.StorageOf(context.OutTensor()).is_constant) {
    return false;
  }
  if (context.node().op == graph::Op::kAdd) {
    MergeSum(context, graph, step, program.steps[at + 1], rows);
  } else {
    MergeConvolutions(context, graph, step, program.steps[at + 1], rows);
  }
  step.opcode = *stream;
  program.steps.pop_back();
  program.first_step[index] = static_cast<int>(program.steps.size());
  program.storage[static_cast<std::size_t>(map)] = {};
  return true;
}

}  // namespace tinyfog::compile
