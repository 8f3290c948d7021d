#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "tinyfog/host/error.h"

namespace tinyfog {

/// The whole file. Errors: kNotFound when it does not exist; kResourceExhausted when larger than
/// `max_bytes`; kPermissionDenied, kInternal otherwise. The message names the path and the system's
/// reason.
Outcome<std::vector<std::uint8_t>> ReadFile(const std::filesystem::path& path,
                                            std::uint64_t max_bytes = 1ull << 30);

/// Replaces `path` by `bytes` so that a crash at any moment leaves the old or the new content:
/// writes a temporary file in the same folder, fsyncs it, renames it and fsyncs the folder. The
/// temporary file's name ends in ".partial"; it is removed on failure. Only the owner may read what
/// is secret. Errors: kResourceExhausted
/// when the disk is full; kPermissionDenied; kInternal.
Outcome<void> WriteFileAtomically(const std::filesystem::path& path,
                                  std::span<const std::uint8_t> bytes, bool is_secret = false);

/// fsync of a folder, so that a rename in it survives a power cut. Errors: kInternal.
Outcome<void> SyncFolder(const std::filesystem::path& folder);

/// An Error for the system's error number: kNotFound, kPermissionDenied, kResourceExhausted
/// (ENOSPC, EDQUOT, EMFILE), kAlreadyExists or kInternal; the message is "<what>: <strerror>".
Error SystemError(int error_number, const std::string& what);

}  // namespace tinyfog
