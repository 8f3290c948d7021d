#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "flash_map.h"
#include "tinyfog/base/result.h"
#include "tinyfog/hal/flash.h"

namespace tinyfog::board {

/// A node's flash in a file, mapped into memory and kept over restarts, with NOR's rules: what a
/// `kill -9` leaves is what a power cut would. The file is either as deploy/provision writes it, or
/// sparse: then units that were never programmed are holes, which a page behind the flash lists.
/// One process at a time has it.
class FileFlash final : public hal::Flash {
 public:
  /// An existing file. The error is a sentence for people.
  static Result<std::unique_ptr<FileFlash>, std::string> Open(const std::string& path);
  /// Makes a sparse one in which everything is erased. The error likewise, also when there is one.
  static Result<std::unique_ptr<FileFlash>, std::string> Create(const std::string& path);
  ~FileFlash();
  FileFlash(const FileFlash&) = delete;
  FileFlash& operator=(const FileFlash&) = delete;

  const hal::FlashGeometry& geometry() const override { return geometry_; }
  Status Read(std::uint32_t offset, std::span<std::uint8_t> bytes) override;
  Status Program(std::uint32_t offset, std::span<const std::uint8_t> bytes) override;
  Status Erase(std::uint32_t offset) override;

  /// Where offset 0 is in memory. Units that are holes read there as zeros.
  const std::uint8_t* mapped() const { return bytes_; }

 private:
  static constexpr std::uint32_t kUnits = kFlashBytes / kFlashEraseBytes;
  // Behind the flash of a sparse file.
  struct Holes {
    std::uint8_t magic[8];
    std::uint8_t is_there[kUnits / 8];  // bit i of byte i/8: unit i is no hole
  };

  FileFlash(int fd, std::uint8_t* bytes, bool is_sparse);
  static Result<std::unique_ptr<FileFlash>, std::string> Map(int fd, const std::string& path);
  bool IsThere(std::uint32_t unit) const;
  void SetThere(std::uint32_t unit, bool is_there);

  hal::FlashGeometry geometry_{kFlashBytes, kFlashEraseBytes, kFlashProgramBytes};
  int fd_;
  std::uint8_t* bytes_;
  Holes* holes_;  // null: there are none
};

}  // namespace tinyfog::board
