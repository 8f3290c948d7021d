#pragma once

#include <cstdint>
#include <vector>

#include "program.h"

namespace tinyfog::compile {

struct Plan {
  std::uint64_t arena_bytes;
  std::uint64_t bound;  // no plan is smaller, given the steps and which of them work in place
  std::vector<std::uint64_t> live;  // bytes alive before the first step, at each, behind the last
};

/// Gives every buffer of the program its place in the arena: first the lifetimes, then in-place
/// steps (their output begins where an input that dies there begins, or before it by the distance
/// that the kernel asks for; what it does not need is free from the next step on), then offsets. Buffers that never live at the same time may share bytes.
/// Offsets are multiples of 16. Deterministic.
Plan PlanArena(const graph::Graph& graph, Program& program);

}  // namespace tinyfog::compile
