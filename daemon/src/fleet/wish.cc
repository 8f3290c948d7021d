#include "wish.h"

#include <string>

namespace tinyfog::fleet {
namespace {

constexpr const char* kNoLonger = "-";
constexpr std::uint32_t kMostMilliseconds = 24 * 3600 * 1000;
constexpr std::size_t kName = 64;
/// Of the down/desired message, whose size nodes have a buffer for.
constexpr std::size_t kMostBytes = 3072;

artifact::NodeFit FitOf(const v1::NodeState& state) {
  artifact::NodeFit fit;
  fit.hardware = state.hardware();
  fit.target = state.target();
  fit.tfm_version = state.tfm_version();
  fit.operators.assign(state.operators().begin(), state.operators().end());
  fit.arena_bytes = state.limits().arena_bytes();
  fit.model_slot_bytes = state.limits().model_slot_bytes();
  fit.firmware_slot_bytes = state.limits().firmware_slot_bytes();
  fit.model_counter = state.model_counter();
  fit.firmware_counter = state.firmware().counter();
  return fit;
}

v1::Desired::Artifact ToMessage(const artifact::Artifact& artifact) {
  v1::Desired::Artifact message;
  message.set_digest(artifact.digest.data(), artifact.digest.size());
  message.set_bytes(static_cast<std::uint32_t>(artifact.bytes));
  message.set_chunks(artifact.chunks);
  message.set_proof(artifact.proof.data(), artifact.proof.size());
  if (artifact.kind == wire::ArtifactKind::kModel) {
    message.set_name(artifact.name);
    message.set_version(artifact.model_version);
  } else {
    auto& version = *message.mutable_firmware_version();
    version.set_major(artifact.firmware_version.major);
    version.set_minor(artifact.firmware_version.minor);
    version.set_revision(artifact.firmware_version.revision);
    version.set_build(artifact.firmware_version.build);
  }
  return message;
}

/// "1.2.3" alone means firmware for the node's hardware.
std::string FirmwareReference(const std::string& text, const v1::Node& node) {
  const bool is_version =
      text.find('.') != std::string::npos && text.find('@') == std::string::npos;
  return is_version ? node.state().hardware() + "@" + text : text;
}

Outcome<v1::Desired::Artifact> Choose(const std::string& reference, wire::ArtifactKind kind,
                                      const v1::Node& node, const artifact::Store& store) {
  if (reference == kNoLonger) return v1::Desired::Artifact();
  const artifact::NodeFit fit = FitOf(node.state());
  TINYFOG_TRY_ASSIGN(const auto artifact, store.FindFor(reference, fit));
  if (artifact->kind != kind) {
    const bool model = kind == wire::ArtifactKind::kModel;
    return InvalidArgument("'" + reference + "' is " +
                           (model ? "firmware, not a model" : "a model, not firmware"));
  }
  TINYFOG_TRY_ASSIGN(const auto file, store.Read(artifact->digest));
  TINYFOG_TRY(artifact::CheckFit(*artifact, *file, fit));
  return ToMessage(*artifact);
}

Outcome<void> Check(const v1::Desired::Settings& settings) {
  if (settings.sample_interval_ms() > kMostMilliseconds) {
    return InvalidArgument("sample_interval_ms is more than a day");
  }
  if (settings.cascade_permille() > 1000) return InvalidArgument("cascade_permille is above 1000");
  if (settings.cascade_model().size() > kName) {
    return InvalidArgument("cascade_model has more than 64 characters");
  }
  if (settings.telemetry_interval_s() > kMostMilliseconds / 1000) {
    return InvalidArgument("telemetry_interval_s is more than a day");
  }
  return {};
}

}  // namespace

void Wish::Apply(v1::Desired& desired) const {
  if (model) *desired.mutable_model() = *model;
  if (desired.model().digest().empty()) desired.clear_model();
  if (firmware) *desired.mutable_firmware() = *firmware;
  if (desired.firmware().digest().empty()) desired.clear_firmware();
  if (settings) *desired.mutable_settings() = *settings;
}

Outcome<Wish> MakeWish(const v1::SetNodeRequest& request, const v1::Node& node,
                       const artifact::Store& store) {
  Wish wish;
  if (request.model().empty() && request.firmware().empty() && !request.has_settings()) {
    return InvalidArgument("nothing is asked for: give a model, firmware or settings");
  }
  if (!request.model().empty()) {
    TINYFOG_TRY_ASSIGN(wish.model,
                       Choose(request.model(), wire::ArtifactKind::kModel, node, store));
  }
  if (!request.firmware().empty()) {
    TINYFOG_TRY_ASSIGN(wish.firmware, Choose(FirmwareReference(request.firmware(), node),
                                             wire::ArtifactKind::kFirmware, node, store));
  }
  if (request.has_settings()) {
    TINYFOG_TRY(Check(request.settings()));
    wish.settings = request.settings();
  }
  v1::Desired whole = node.desired();
  wish.Apply(whole);
  if (whole.ByteSizeLong() > kMostBytes) {
    return FailedPrecondition("model and firmware together have proofs of more than " +
                              std::to_string(kMostBytes) +
                              " bytes: set one after the other, with "
                              "\"-\" for the one that is there");
  }
  return wish;
}

}  // namespace tinyfog::fleet
