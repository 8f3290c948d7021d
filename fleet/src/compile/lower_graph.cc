#include "lower_graph.h"

#include <algorithm>

#include "lower.h"
#include "stream.h"

namespace tinyfog::compile {
namespace {

// Only filters may have 4 bits.
Outcome<void> CheckFourBit(const Context& context) {
  const graph::Op op = context.node().op;
  const bool has_filter = op == graph::Op::kConv2d || op == graph::Op::kDepthwiseConv2d ||
                          op == graph::Op::kFullyConnected;
  for (std::size_t i = 0; i < context.input_count(); ++i) {
    if (!context.Has(i) || !context.In(i).four_bit || (has_filter && i == 1)) continue;
    return context.Unsupported("INT4 is supported for the filters of CONV_2D, DEPTHWISE_CONV_2D " +
                               std::string("and FULLY_CONNECTED"));
  }
  for (std::size_t i = 0; i < context.output_count(); ++i) {
    if (context.Out(i).four_bit) return context.Unsupported("the output must not be INT4");
  }
  return {};
}

Outcome<Program> LowerNodes(const graph::Graph& graph, nn::Target target, const Streams& streams) {
  Program program;
  program.target = target;
  program.storage.resize(graph.tensors.size());
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    program.first_step.push_back(static_cast<int>(program.steps.size()));
    const std::size_t constants = program.constants.size();
    const std::size_t first = program.steps.size();
    Context context(graph, program, static_cast<int>(i));
    const Lowering lowering = LoweringOf(graph.nodes[i].op);
    if (lowering == nullptr) return context.Unsupported("there is no kernel for it");
    TINYFOG_TRY(CheckFourBit(context));
    TINYFOG_TRY(lowering(context));
    if (program.steps.size() > first) {
      program.steps[first].constant_bytes = program.constants.size() - constants;
    }
    const auto stream = streams.find(static_cast<int>(i) - 1);
    if (stream != streams.end()) MergeIntoStream(context, graph, stream->second);
  }
  program.first_step.push_back(static_cast<int>(program.steps.size()));
  return program;
}

// Inputs and outputs that no step touches have a place as well.
void PlacePorts(const graph::Graph& graph, Program& program) {
  Context context(graph, program, 0);
  for (const int tensor : graph.inputs) context.StorageOf(tensor);
  for (const int tensor : graph.outputs) context.StorageOf(tensor);
}

Outcome<Lowered> LowerAndPlan(const graph::Graph& graph, nn::Target target,
                              const Streams& streams) {
  Lowered lowered;
  TINYFOG_TRY_ASSIGN(lowered.program, LowerNodes(graph, target, streams));
  PlacePorts(graph, lowered.program);
  lowered.plan = PlanArena(graph, lowered.program);
  return lowered;
}

// What to try beside the streams chosen already: all that run where the most bytes are alive, and
// each that runs where nearly as many are.
std::vector<Streams> StreamsToTry(const graph::Graph& graph, const Lowered& lowered,
                                  const Streams& chosen) {
  const std::vector<std::uint64_t>& live = lowered.plan.live;
  const std::uint64_t peak = *std::max_element(live.begin(), live.end());
  Streams at_peak;
  std::vector<Streams> singles;
  for (std::size_t step = 0; step < lowered.program.steps.size(); ++step) {
    if (live[step + 1] < peak / 4 * 3) continue;
    const int node = lowered.program.steps[step].node;
    for (const int first : {node - 1, node}) {
      if (first < 0 || chosen.contains(first) || !CanStream(graph, first)) continue;
      if (live[step + 1] == peak) at_peak[first] = 1;
      if (singles.empty() || !singles.back().contains(first)) singles.push_back({{first, 1}});
    }
  }
  constexpr std::size_t kMostSingles = 8;
  if (singles.size() > kMostSingles) singles.resize(kMostSingles);
  if (at_peak.size() > 1) singles.push_back(std::move(at_peak));
  for (Streams& streams : singles) streams.insert(chosen.begin(), chosen.end());
  return singles;
}

// More rows at a time are faster where rows overlap: with depthwise convolutions.
Outcome<void> RaiseRows(const graph::Graph& graph, nn::Target target, std::uint64_t most_bytes,
                        Streams& chosen, Lowered& best) {
  constexpr int kMostRows = 8;
  for (auto& [node, rows] : chosen) {
    const graph::Op second = graph.nodes[static_cast<std::size_t>(node) + 1].op;
    while (rows < kMostRows && second == graph::Op::kDepthwiseConv2d) {
      rows *= 2;
      TINYFOG_TRY_ASSIGN(Lowered trial, LowerAndPlan(graph, target, chosen));
      if (trial.plan.arena_bytes > most_bytes) {
        rows /= 2;
        break;
      }
      best = std::move(trial);
    }
  }
  return {};
}

}  // namespace

Outcome<Lowered> LowerGraph(const graph::Graph& graph, const Options& options) {
  const nn::Target target = options.target;
  Streams chosen;
  TINYFOG_TRY_ASSIGN(Lowered best, LowerAndPlan(graph, target, chosen));
  for (bool improved = options.optimise; improved;) {
    improved = false;
    for (Streams& streams : StreamsToTry(graph, best, chosen)) {
      TINYFOG_TRY_ASSIGN(Lowered trial, LowerAndPlan(graph, target, streams));
      if (trial.plan.arena_bytes >= best.plan.arena_bytes) continue;
      best = std::move(trial);
      chosen = std::move(streams);
      improved = true;
    }
  }
  const std::uint64_t smallest = best.plan.arena_bytes;
  const std::uint64_t most = smallest + smallest * options.arena_slack_percent / 100;
  TINYFOG_TRY(RaiseRows(graph, target, most, chosen, best));
  return best;
}

}  // namespace tinyfog::compile
