#pragma once

#include <cstdint>
#include <span>
#include <string>

namespace tinyfog::ctl {

/// The 32 bytes of the SHA-256 digest.
std::string Sha256(std::span<const std::uint8_t> bytes);

}  // namespace tinyfog::ctl
