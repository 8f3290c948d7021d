#pragma once

#include <cstdint>
#include <string_view>

#include "tinyfog/demo/vibration.h"
#include "tinyfog/host/error.h"

namespace tinyfog::demo {

/// How a demo node's motor fares over time.
enum class Scenario : std::uint8_t {
  kHealthy,   ///< normal all the time
  kBearing,   ///< a bearing wears out, is replaced, and wears out again
  kTroubled,  ///< one state after the other
};
inline constexpr int kScenarios = 3;

/// "healthy", "bearing", "troubled".
std::string_view ScenarioName(Scenario scenario);
/// Errors: kInvalidArgument.
Outcome<Scenario> ParseScenario(std::string_view name);

/// The motor's true state at the node's window number `index`, counted from 0.
MotorState TrueState(Scenario scenario, std::uint64_t index);

}  // namespace tinyfog::demo
