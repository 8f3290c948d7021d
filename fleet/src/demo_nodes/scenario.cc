#include "scenario.h"

#include <string>

namespace tinyfog::demo {

std::string_view ScenarioName(Scenario scenario) {
  switch (scenario) {
    case Scenario::kHealthy:
      return "healthy";
    case Scenario::kBearing:
      return "bearing";
    case Scenario::kTroubled:
      break;
  }
  return "troubled";
}

Outcome<Scenario> ParseScenario(std::string_view name) {
  for (int i = 0; i < kScenarios; ++i) {
    if (name == ScenarioName(static_cast<Scenario>(i))) return static_cast<Scenario>(i);
  }
  return InvalidArgument("scenario '" + std::string(name) +
                         "' is not one of healthy, bearing, troubled");
}

MotorState TrueState(Scenario scenario, std::uint64_t index) {
  switch (scenario) {
    case Scenario::kHealthy:
      break;
    case Scenario::kBearing:
      return index % 60 < 20 ? MotorState::kNormal : MotorState::kBearingFault;
    case Scenario::kTroubled:
      return static_cast<MotorState>(index / 10 % kMotorStates);
  }
  return MotorState::kNormal;
}

}  // namespace tinyfog::demo
