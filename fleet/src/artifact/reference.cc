#include "reference.h"

#include <fmt/format.h>

#include <algorithm>

#include "tinyfog/compile/compile.h"

namespace tinyfog::artifact {
namespace {

constexpr std::size_t kFewestDigits = 6;
constexpr std::size_t kAllDigits = 64;

bool IsDigest(const std::string& text) {
  return text.size() >= kFewestDigits && text.size() <= kAllDigits &&
         std::ranges::all_of(text, [](unsigned char c) { return std::isxdigit(c) != 0; });
}

bool HasVersion(const Artifact& artifact, std::string_view version) {
  if (artifact.version == version) return true;
  const std::string_view whole = artifact.version;
  return artifact.kind == wire::ArtifactKind::kFirmware &&
         version.find('+') == std::string_view::npos && whole.substr(0, whole.find('+')) == version;
}

}  // namespace

Outcome<std::vector<ArtifactPtr>> Matching(const std::vector<ArtifactPtr>& artifacts,
                                           const std::string& reference) {
  const std::size_t at = reference.rfind('@');
  if (at == std::string::npos && !IsDigest(reference)) {
    return InvalidArgument("'" + reference +
                           "' names no artifact: give NAME@VERSION, or at least 6 digits of its "
                           "digest");
  }
  std::string digits = reference;
  std::ranges::transform(digits, digits.begin(), [](unsigned char c) { return std::tolower(c); });
  std::vector<ArtifactPtr> matching;
  for (const ArtifactPtr& artifact : artifacts) {
    const bool is_it = at == std::string::npos
                           ? HexOf(artifact->digest).starts_with(digits)
                           : artifact->name == reference.substr(0, at) &&
                                 HasVersion(*artifact, std::string_view(reference).substr(at + 1));
    if (is_it) matching.push_back(artifact);
  }
  if (matching.empty()) return NotFound("there is no artifact '" + reference + "'");
  return matching;
}

Outcome<ArtifactPtr> Only(const std::vector<ArtifactPtr>& matching, const std::string& reference) {
  if (matching.size() == 1) return matching[0];
  std::string all;
  for (const ArtifactPtr& a : matching) {
    all += fmt::format("{}{} ({}@{}{}{})", all.empty() ? "" : ", ", HexOf(a->digest).substr(0, 12),
                       a->name, a->version, a->target.empty() ? "" : ", ", a->target);
  }
  return InvalidArgument("'" + reference + "' names several artifacts: " + all);
}

bool IsFor(const Artifact& artifact, const NodeFit& node) {
  if (!artifact.hardware.empty() && artifact.hardware != node.hardware) return false;
  return artifact.kind != wire::ArtifactKind::kModel ||
         compile::TargetNamed(artifact.target) == compile::TargetNamed(node.target);
}

}  // namespace tinyfog::artifact
