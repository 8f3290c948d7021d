#pragma once

#include <cstdint>

namespace tinyfog::board {

/// What an image does; defined once in each. Returns the emulator's exit code.
std::int32_t Main();

/// Fills the unused stack with a pattern, for StackBytes.
void PaintStack();
/// The stack's greatest depth since PaintStack, in bytes from its top.
std::uint32_t StackBytes();
/// What was never used of it since then.
std::uint32_t StackFreeBytes();

}  // namespace tinyfog::board
