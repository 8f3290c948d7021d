#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tinyfog/graph/graph.h"
#include "tinyfog/host/error.h"
#include "tinyfog/nn/format.h"
#include "tinyfog/nn/opcode.h"

namespace tinyfog::compile {

/// "portable", "cortex-m4", "cortex-m7", "cortex-m33" (these three share files), "cortex-m55",
/// "x86-avx2" or "x86-vnni".
std::optional<nn::Target> TargetNamed(std::string_view name);
/// Every name, in that order.
std::vector<std::string> TargetNames();
/// The first of its names; "" for numbers that are none.
std::string_view TargetName(nn::Target target);
/// "conv2d_int8"; the number of an opcode that has no name.
std::string KernelName(nn::Opcode opcode);

struct Options {
  /// Generic steps run on every target; a file names its target because fast steps do not.
  nn::Target target = nn::Target::kPortable;
  bool names = true;     // keep the names of inputs and outputs
  bool optimise = true;  // run the graph passes
  // How much larger than the smallest plan the arena may be for the sake of speed: streams then
  // handle more rows at a time.
  std::uint32_t arena_slack_percent = 12;
};

/// One step of a compiled model, for reports and tests.
struct StepReport {
  std::string op;                   // of the graph
  int source = -1;                  // the operator's index in the model's file
  std::string kernel;               // "conv2d_int8"
  std::vector<std::int32_t> shape;  // of the operator's output
  std::uint64_t macs = 0;
  std::uint64_t weights = 0;         // values of the filter
  std::uint64_t constant_bytes = 0;  // that only this step brought in
  std::uint64_t live_bytes = 0;      // arena bytes in use while it runs
  std::uint64_t instructions = 0;    // an estimate for the target (see EstimateOf)
};

/// A piece of the arena and the steps that need it, both included: -1 is before the first step,
/// the number of steps behind the last.
struct ArenaBuffer {
  enum class Kind : std::uint8_t { kTensor, kScratch, kState };
  Kind kind = Kind::kScratch;
  std::string name;  // of the tensor, or the operator whose scratch it is
  std::uint64_t offset = 0;
  std::uint64_t bytes = 0;
  int first = -1;
  int last = -1;
};

/// Where the parameters of a step refer to an input's or output's memory.
struct PortUse {
  std::uint16_t step = 0;
  std::uint32_t position = 0;  // of the Ref among the parameters' bytes
  std::uint32_t offset = 0;    // of what it refers to
};

struct Compiled {
  std::vector<std::uint8_t> tfm;
  std::vector<StepReport> steps;
  // Of each tensor of the graph: the index of its record in the file (-1: none), and the channels
  // that its record lacks.
  std::vector<int> tensor_records;
  std::vector<std::vector<graph::RemovedChannel>> removed_channels;
  // Of each input, then of each output: everything that refers to its memory. Nothing where it has
  // none of its own: constants, and what is input and output.
  std::vector<std::vector<PortUse>> port_uses;
  std::uint32_t arena_bytes = 0;
  std::uint32_t arena_bound = 0;  // no plan of these steps can be smaller
  std::vector<ArenaBuffer> buffers;
};

/// Compiles a graph to a .tfm file (docs/formats/tfm.md), which nn::Model::Open accepts. Equal
/// graphs and options give equal bytes. Errors: kUnimplemented, kInvalidArgument: the message names
/// the operator, its index and what is supported.
Outcome<Compiled> Compile(const graph::Graph& graph, const Options& options = {});

}  // namespace tinyfog::compile
