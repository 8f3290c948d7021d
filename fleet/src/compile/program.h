#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "tinyfog/graph/graph.h"
#include "tinyfog/nn/format.h"
#include "tinyfog/nn/opcode.h"

namespace tinyfog::compile {

/// A piece of the arena. Steps are numbered from 0.
struct Buffer {
  std::uint64_t bytes = 0;
  int first = -1;         // first step that needs it; -1 from before the first
  int last = -1;          // last step that needs it
  bool is_state = false;  // keeps its bytes between runs
  std::uint32_t fill = 0;
  int joined = -1;             // shares the memory of this buffer (in-place step)
  std::uint64_t distance = 0;  // and begins this many bytes before it
  std::uint64_t offset = 0;  // where the planner put it
};

/// Where a tensor's bytes are.
struct Storage {
  bool is_constant = false;
  nn::Ref constant = 0;  // if constant
  int buffer = -1;       // else
  std::uint32_t offset = 0;
};

/// A Ref inside a step's parameters, to be filled in when the arena is planned.
struct Patch {
  std::uint32_t position;
  int buffer;
  std::uint32_t offset;
};

struct Step {
  nn::Opcode opcode;
  std::vector<std::uint8_t> params;
  std::vector<Patch> patches;
  int node = -1;
  int streamed_node = -1;  // the node before it that runs in this step as well
  std::uint64_t constant_bytes = 0;
  // The output may take over the memory of one of these if nothing else needs it any more, if it
  // begins at least `distance` bytes before.
  struct Reusable {
    int buffer;
    std::uint64_t distance;
  };
  std::vector<Reusable> reusable;
  int output = -1;
};

/// A lowered graph: steps, the arena's buffers and the constants.
struct Program {
  nn::Target target = nn::Target::kPortable;
  std::vector<Step> steps;
  std::vector<Buffer> buffers;
  std::vector<std::uint8_t> constants;
  std::vector<Storage> storage;  // of each tensor of the graph; buffer -1: no bytes
  std::vector<int> first_step;   // of each node: its first step
  std::map<std::vector<std::uint8_t>, nn::Ref> known_constants;
};

}  // namespace tinyfog::compile
