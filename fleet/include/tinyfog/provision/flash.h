#pragma once

#include <filesystem>
#include <memory>
#include <span>
#include <vector>

#include "tinyfog/host/error.h"
#include "tinyfog/wire/provisioning.h"

namespace tinyfog::provision {

struct FlashContents {
  wire::TrustedKey key;  ///< that firmware and models are signed with
  wire::Provisioning provisioning;
  std::array<std::uint8_t, 32> seed;                 ///< random
  std::span<const std::uint8_t> firmware;            ///< a signed image, or nothing
  std::uint64_t file_bytes = wire::kNodeFlashBytes;  ///< what is behind the flash is a hole
};

/// Writes the file that is a new node's flash; what was there is gone. Errors: kInvalidArgument
/// when the contents contradict the format or do not fit; kAlreadyExists when there is a file and
/// not `replace`; those of writing.
Outcome<void> WriteFlash(const std::filesystem::path& path, const FlashContents& contents,
                         bool replace);

/// What WriteFlash has put into a file, read back.
struct FlashRecords {
  /// The rest points into these. Shared: copies of this struct do so too.
  std::shared_ptr<const std::vector<std::uint8_t>> bytes;
  wire::TrustedKey key;
  wire::Provisioning provisioning;
};
/// Errors: those of reading; kDataLoss when it is no flash of a node.
Outcome<FlashRecords> ReadFlash(const std::filesystem::path& path);

}  // namespace tinyfog::provision
