#pragma once

#include <cstdint>
#include <span>

/// What one way of running a model puts under measurement; defined once in each bench image.
namespace tinyfog::board::bench {

/// All that is needed before the first run. False: the model is refused.
bool Setup();
void Run();
std::uint32_t ArenaBytes();
std::span<std::uint8_t> Input();
std::span<const std::uint8_t> Output();

}  // namespace tinyfog::board::bench
