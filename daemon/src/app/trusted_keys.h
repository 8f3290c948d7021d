#pragma once

#include <string>
#include <vector>

#include "tinyfog/firmware_image/firmware_image.h"

namespace tinyfog::app {

/// The public keys in PEM files. Errors: those of reading; kInvalidArgument when one is no key, or
/// a private one, which has no business on a gateway.
Outcome<std::vector<firmware_image::Key>> ReadTrustedKeys(const std::vector<std::string>& files);

}  // namespace tinyfog::app
