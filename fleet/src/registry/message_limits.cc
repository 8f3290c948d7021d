#include "message_limits.h"

#include <initializer_list>
#include <string>

namespace tinyfog::registry {
namespace {

constexpr std::size_t kText = 64;       // names, hardware, target
constexpr std::size_t kOperators = 32;  // bytes of bits
constexpr std::size_t kReason = 256;
constexpr std::size_t kMissing = 1024;  // bytes of bits
constexpr int kModels = 2;
constexpr std::size_t kDigest = 32;

Outcome<void> Short(const std::string& value, std::size_t most, const char* field) {
  if (value.size() <= most) return {};
  return InvalidArgument(std::string(field) + " has " + std::to_string(value.size()) +
                         " bytes, at most " + std::to_string(most) + " are allowed");
}

Outcome<void> Digest(const std::string& value, const char* field) {
  if (value.empty() || value.size() == kDigest) return {};
  return InvalidArgument(std::string(field) + " has not 32 bytes");
}

}  // namespace

Outcome<void> CheckAndClean(v1::NodeState& state) {
  state.DiscardUnknownFields();
  if (state.kind() < v1::NodeState::KIND_BORN || state.kind() > v1::NodeState::KIND_LOST) {
    return InvalidArgument("kind is unknown");
  }
  TINYFOG_TRY(Short(state.hardware(), kText, "hardware"));
  TINYFOG_TRY(Short(state.target(), kText, "target"));
  TINYFOG_TRY(Short(state.operators(), kOperators, "operators"));
  TINYFOG_TRY(Digest(state.firmware().digest(), "firmware.digest"));
  if (state.models_size() > kModels) return InvalidArgument("models has more than 2 entries");
  for (const auto& model : state.models()) {
    TINYFOG_TRY(Short(model.name(), kText, "models.name"));
    TINYFOG_TRY(Digest(model.digest(), "models.digest"));
  }
  return {};
}

Outcome<void> CheckAndClean(v1::OtaReport& report) {
  report.DiscardUnknownFields();
  if (report.state() < v1::OtaReport::STATE_WANT || report.state() > v1::OtaReport::STATE_REFUSED) {
    return InvalidArgument("state is unknown");
  }
  if (report.digest().size() != kDigest) return InvalidArgument("digest has not 32 bytes");
  TINYFOG_TRY(Short(report.text(), kReason, "text"));
  TINYFOG_TRY(Short(report.missing(), kMissing, "missing"));
  if (report.received() > report.chunks()) return InvalidArgument("received is above chunks");
  return {};
}

}  // namespace tinyfog::registry
