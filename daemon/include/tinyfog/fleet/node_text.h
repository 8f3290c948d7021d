#pragma once

#include <cstdint>
#include <string>

#include "tinyfog/v1/node.pb.h"

namespace tinyfog::fleet {

const char* StateName(v1::NodeState::Kind kind);          ///< "ready"; static storage
const char* UpdateStateName(v1::OtaReport::State state);  ///< "verifying"; static storage
/// "wrong_signature"; empty for none.
std::string ReasonName(v1::UpdateReason reason);
/// NodeState::reset: "watchdog"; static storage
const char* ResetName(std::uint32_t reset);
/// "1.2.3", "1.2.3+4"
std::string VersionText(const v1::FirmwareVersion& version);
/// Hexadecimal.
std::string DigestText(const std::string& digest);

}  // namespace tinyfog::fleet
