#include "tinyfog/fleet/node_text.h"

#include <algorithm>
#include <cctype>

namespace tinyfog::fleet {

const char* StateName(v1::NodeState::Kind kind) {
  switch (kind) {
    case v1::NodeState::KIND_BORN:
      return "born";
    case v1::NodeState::KIND_READY:
      return "ready";
    case v1::NodeState::KIND_SLEEPING:
      return "sleeping";
    case v1::NodeState::KIND_LOST:
      return "lost";
    default:
      return "unknown";
  }
}

const char* UpdateStateName(v1::OtaReport::State state) {
  switch (state) {
    case v1::OtaReport::STATE_WANT:
      return "want";
    case v1::OtaReport::STATE_VERIFYING:
      return "verifying";
    case v1::OtaReport::STATE_STAGED:
      return "staged";
    case v1::OtaReport::STATE_TESTING:
      return "testing";
    case v1::OtaReport::STATE_DONE:
      return "done";
    case v1::OtaReport::STATE_REFUSED:
      return "refused";
    default:
      return "unknown";
  }
}

std::string ReasonName(v1::UpdateReason reason) {
  if (reason == v1::UPDATE_REASON_NONE) return "";
  const std::string prefix = "UPDATE_REASON_";
  std::string name = v1::UpdateReason_Name(reason);
  if (!name.starts_with(prefix)) return "unknown";
  name.erase(0, prefix.size());
  std::transform(name.begin(), name.end(), name.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return name;
}

const char* ResetName(std::uint32_t reset) {
  switch (reset) {
    case 0:
      return "power_on";
    case 1:
      return "asked";
    case 2:
      return "watchdog";
    case 3:
      return "fault";
    default:
      return "unknown";
  }
}

std::string VersionText(const v1::FirmwareVersion& version) {
  std::string text = std::to_string(version.major()) + "." + std::to_string(version.minor()) +
                     "." + std::to_string(version.revision());
  return version.build() == 0 ? text : text + "+" + std::to_string(version.build());
}

std::string DigestText(const std::string& digest) {
  constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  for (const unsigned char byte : digest) {
    text.push_back(kDigits[byte >> 4]);
    text.push_back(kDigits[byte & 15]);
  }
  return text;
}

}  // namespace tinyfog::fleet
