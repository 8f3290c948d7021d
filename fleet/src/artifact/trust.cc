#include "trust.h"

#include <fmt/format.h>

#include <algorithm>

#include "tinyfog/firmware_image/signature.h"
#include "tinyfog/package/package.h"

namespace tinyfog::artifact {
namespace {

using Bytes = std::span<const std::uint8_t>;

Outcome<void> CheckFirmware(Bytes file, const firmware_image::Key& key) {
  const auto verified = firmware_image::Verify(file, key);
  if (!verified.ok()) return verified.error();
  return {};
}

Outcome<void> CheckModel(Bytes file, const firmware_image::Key& key) {
  TINYFOG_TRY_ASSIGN(const auto package, package::Read(file));
  return package::CheckSignature(package.manifest, key);
}

Error UnknownKey(const wire::Sha256& key, const Keys& trusted) {
  std::string known;
  for (const auto& k : trusted) {
    known += (known.empty() ? "" : ", ") + HexOf(firmware_image::KeyHash(k)).substr(0, 16);
  }
  return {Status::kPermissionDenied,
          fmt::format("it is signed by the key {}..., which this gateway does not trust; trusted "
                      "are: {}",
                      HexOf(key).substr(0, 16), known.empty() ? "none" : known)};
}

}  // namespace

Outcome<void> CheckSignature(const Artifact& artifact, Bytes file, const Keys& trusted) {
  const auto key = std::ranges::find_if(trusted, [&](const firmware_image::Key& k) {
    return firmware_image::KeyHash(k) == artifact.key;
  });
  if (key == trusted.end()) return UnknownKey(artifact.key, trusted);
  auto checked = artifact.kind == wire::ArtifactKind::kFirmware ? CheckFirmware(file, *key)
                                                                : CheckModel(file, *key);
  if (checked.ok() || checked.error().code != Status::kUnauthenticated) return checked;
  return Error{Status::kPermissionDenied, checked.error().message};
}

Outcome<void> CheckContent(const Artifact& artifact, Bytes file) {
  if (artifact.kind != wire::ArtifactKind::kModel) return {};
  TINYFOG_TRY_ASSIGN(const auto package, package::Read(file));
  TINYFOG_TRY_ASSIGN(const auto tfm, package::Unpack(package));
  return package::CheckModel(package.manifest, tfm);
}

}  // namespace tinyfog::artifact
