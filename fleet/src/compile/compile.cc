#include "tinyfog/compile/compile.h"

#include "describe.h"
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

}  // namespace

Outcome<Compiled> Compile(const graph::Graph& source, const Options& options) {
  const graph::Graph graph = options.optimise ? Optimised(source) : source;
  if (graph.nodes.empty()) return InvalidArgument("the model has no operators");
  TINYFOG_TRY_ASSIGN(const Lowered lowered, LowerGraph(graph, options));
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
  compiled.steps = DescribeSteps(graph, program, plan);
  compiled.buffers = DescribeBuffers(graph, program);
  compiled.port_uses = DescribePorts(graph, program);
  compiled.arena_bytes = static_cast<std::uint32_t>(plan.arena_bytes);
  compiled.arena_bound = static_cast<std::uint32_t>(plan.bound);
  return compiled;
}

}  // namespace tinyfog::compile
