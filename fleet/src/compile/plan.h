#pragma once

#include <cstdint>

#include "program.h"

namespace tinyfog::compile {

struct Plan {
  std::uint64_t arena_bytes;
  std::uint64_t bound;  // the most bytes alive at once: no plan is smaller
};

/// Gives every buffer of the program its place in the arena: first the lifetimes, then in-place
/// steps (their output joins an input that dies there), then offsets. Buffers that never live at
/// the same time may share bytes. Offsets are multiples of 16. Deterministic.
Plan PlanArena(const graph::Graph& graph, Program& program);

}  // namespace tinyfog::compile
