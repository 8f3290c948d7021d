#include <fmt/format.h>

#include <algorithm>

#include "tinyfog/artifact/store.h"
#include "tinyfog/compile/compile.h"
#include "tinyfog/nn/x86.h"
#include "tinyfog/package/package.h"
#include "tinyfog/term/format.h"

namespace tinyfog::artifact {
namespace {

using Bytes = std::span<const std::uint8_t>;
using term::HumanCount;

template <class... Arguments>
Outcome<void> Unfit(fmt::format_string<Arguments...> format, Arguments&&... arguments) {
  return FailedPrecondition(fmt::format(format, std::forward<Arguments>(arguments)...));
}

// `what` of the artifact against what the node has.
Outcome<void> CheckRoom(std::string_view what, std::uint64_t needs, std::string_view where,
                        std::uint64_t has) {
  if (needs <= has) return {};
  return Unfit("{} {} bytes, {} {}: {} too many", what, HumanCount(needs), where, HumanCount(has),
               HumanCount(needs - has));
}

Outcome<void> CheckHardware(const Artifact& artifact, const NodeFit& node) {
  if (artifact.hardware.empty() || artifact.hardware == node.hardware) return {};
  return Unfit("{}@{} is for the hardware '{}', the node is '{}'", artifact.name, artifact.version,
               artifact.hardware, node.hardware);
}

Outcome<void> CheckCounter(const Artifact& artifact, std::uint32_t least) {
  if (artifact.security_counter >= least) return {};
  return Unfit(
      "{}@{} has the security counter {}, the node takes {} and above: it has run a newer "
      "one",
      artifact.name, artifact.version, artifact.security_counter, least);
}

std::uint64_t SlotBytes(std::uint32_t slot) {
  return std::min<std::uint64_t>(slot, std::uint64_t{wire::kMostChunks} * wire::kChunkBytes);
}

Outcome<void> CheckFirmware(const Artifact& artifact, const NodeFit& node) {
  TINYFOG_TRY(CheckHardware(artifact, node));
  if (node.firmware_slot_bytes == 0) {
    return Unfit("the node has no bootloader: its firmware cannot be changed");
  }
  TINYFOG_TRY(CheckRoom("the image has", artifact.bytes, "the node's slot",
                        SlotBytes(node.firmware_slot_bytes)));
  return CheckCounter(artifact, node.firmware_counter);
}

Outcome<void> CheckRuntime(const wire::ModelManifest& manifest, const Artifact& artifact,
                           const NodeFit& node) {
  const auto target = compile::TargetNamed(node.target);
  if (!target) {
    return Unfit("the node's target '{}' is not known to this gateway", node.target);
  }
  if (static_cast<std::uint8_t>(*target) != manifest.target) {
    return Unfit("the model is compiled for {}, the node runs models for {}", artifact.target,
                 node.target);
  }
  if (manifest.tfm_version != node.tfm_version) {
    return Unfit("the model has format {}, the node's firmware runs format {}",
                 manifest.tfm_version, node.tfm_version);
  }
  return {};
}

bool Has(Bytes bits, nn::Opcode opcode) {
  const auto i = static_cast<std::size_t>(opcode);
  return i / 8 < bits.size() && (bits[i / 8] >> i % 8 & 1) != 0;
}

Outcome<void> CheckOperators(const wire::ModelManifest& manifest, const NodeFit& node) {
  if (node.operators.empty()) return {};
  std::string missing;
  for (const nn::Opcode opcode : package::OpcodesOf(manifest.operators)) {
    if (Has(node.operators, opcode)) continue;
    missing += (missing.empty() ? "" : ", ") + compile::KernelName(opcode);
  }
  if (missing.empty()) return {};
  return Unfit("the node's firmware has no kernel for: {}", missing);
}

// The node's kernels, as far as they exist here.
std::vector<nn::OperatorEntry> KernelsOf(const NodeFit& node, nn::Target target) {
  std::vector<nn::OperatorEntry> kernels;
  std::ranges::copy_if(nn::OperatorsOf(target), std::back_inserter(kernels),
                       [&](const nn::OperatorEntry& entry) {
                         return node.operators.empty() || Has(node.operators, entry.opcode);
                       });
  return kernels;
}

Outcome<void> CheckModel(const Artifact& artifact, Bytes file, const NodeFit& node) {
  TINYFOG_TRY_ASSIGN(const auto package, package::Read(file));
  const wire::ModelManifest& manifest = package.manifest;
  TINYFOG_TRY(CheckRoom("the model has", manifest.tfm_bytes, "the node's slot",
                        SlotBytes(node.model_slot_bytes)));
  TINYFOG_TRY(CheckHardware(artifact, node));
  TINYFOG_TRY(CheckRuntime(manifest, artifact, node));
  TINYFOG_TRY(CheckOperators(manifest, node));
  TINYFOG_TRY(CheckRoom("the model needs an arena of", manifest.arena_bytes, "the node's has",
                        node.arena_bytes));
  TINYFOG_TRY(CheckCounter(artifact, node.model_counter));
  TINYFOG_TRY_ASSIGN(const auto tfm, package::Unpack(package));
  return package::CheckModel(manifest, tfm,
                             KernelsOf(node, static_cast<nn::Target>(manifest.target)));
}

}  // namespace

Outcome<void> CheckFit(const Artifact& artifact, Bytes file, const NodeFit& node) {
  auto fits = artifact.kind == wire::ArtifactKind::kFirmware ? CheckFirmware(artifact, node)
                                                             : CheckModel(artifact, file, node);
  if (fits.ok()) return fits;
  return FailedPrecondition(fits.error().message);
}

}  // namespace tinyfog::artifact
