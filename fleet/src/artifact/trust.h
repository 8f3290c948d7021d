#pragma once

#include <span>
#include <vector>

#include "tinyfog/artifact/store.h"

namespace tinyfog::artifact {

using Keys = std::vector<firmware_image::Key>;

/// Whether one of `trusted` has signed the file. Errors: kPermissionDenied; kDataLoss (firmware:
/// bits differ).
Outcome<void> CheckSignature(const Artifact& artifact, std::span<const std::uint8_t> file,
                             const Keys& trusted);

/// Whether a model can be decoded and does what its manifest says; nothing to check of firmware.
/// Errors: those of package::Unpack and package::CheckModel.
Outcome<void> CheckContent(const Artifact& artifact, std::span<const std::uint8_t> file);

}  // namespace tinyfog::artifact
