#include "tinyfog/provision/flash.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <vector>

#include "tinyfog/host/file.h"

namespace tinyfog::provision {
namespace {

// Behind both slots and all journals; the rest stays as the file's hole is, until the seed.
constexpr std::uint32_t kErasedBytes = 4 << 20;
constexpr std::uint32_t kFirmwareBytes = 1 << 20;

struct File {
  ~File() {
    if (handle >= 0) close(handle);
  }
  int handle;
};

Outcome<void> WriteAt(int handle, std::uint64_t offset, std::span<const std::uint8_t> bytes,
                      const std::string& name) {
  while (!bytes.empty()) {
    const ssize_t done = pwrite(handle, bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (done < 0 && errno == EINTR) continue;
    if (done <= 0) return SystemError(errno, name);
    bytes = bytes.subspan(static_cast<std::size_t>(done));
    offset += static_cast<std::uint64_t>(done);
  }
  return {};
}

// The first part of the flash, with everything that was not written erased.
Outcome<std::vector<std::uint8_t>> Front(const FlashContents& contents) {
  std::vector<std::uint8_t> flash(kErasedBytes, 0xFF);
  std::ranges::copy(wire::WriteTrustedKey(contents.key), flash.begin() + wire::kTrustedKey);
  const std::span<std::uint8_t> records =
      std::span(flash).subspan(wire::kProvisioningRecords, wire::kProvisioningRecordsBytes);
  if (wire::WriteProvisioning(contents.provisioning, records).empty()) {
    return InvalidArgument(
        "names, addresses, certificates or keys are not what a node takes: node 1 to 64 of "
        "A-Z a-z 0-9 _ . - :, site the same without :, a port, a name for the broker with "
        "certificates, a pre-shared key of 16 to 32 bytes");
  }
  if (contents.firmware.size() > kFirmwareBytes) {
    return InvalidArgument("the firmware is larger than its slot of 1 MB");
  }
  std::ranges::copy(contents.firmware, flash.begin() + wire::kFirmwareSlot);
  return flash;
}

}  // namespace

Outcome<void> WriteFlash(const std::filesystem::path& path, const FlashContents& contents,
                         bool replace) {
  std::vector<std::uint8_t> front;
  TINYFOG_TRY_ASSIGN(front, Front(contents));
  if (contents.file_bytes < wire::kNodeFlashBytes) {
    return InvalidArgument("a node's flash has 16 MB");
  }
  const int flags = O_WRONLY | O_CREAT | O_CLOEXEC | (replace ? 0 : O_EXCL);
  const File file{open(path.c_str(), flags, 0600)};
  if (file.handle < 0) {
    return SystemError(errno, path.string() + (errno == EEXIST ? " (--force replaces it)" : ""));
  }
  if (ftruncate(file.handle, 0) != 0 ||
      ftruncate(file.handle, static_cast<off_t>(contents.file_bytes)) != 0) {
    return SystemError(errno, path.string());
  }
  wire::SeedRecord seed;
  seed.seed = contents.seed;
  seed.crc = wire::SeedCrc(seed);
  std::vector<std::uint8_t> seeds(2 * wire::kSeedUnitBytes, 0xFF);
  std::memcpy(seeds.data(), &seed, sizeof seed);
  TINYFOG_TRY(WriteAt(file.handle, wire::kSeed, seeds, path));
  TINYFOG_TRY(WriteAt(file.handle, 0, front, path));
  if (fsync(file.handle) != 0) return SystemError(errno, path.string());
  return {};
}

Outcome<FlashRecords> ReadFlash(const std::filesystem::path& path) {
  const File file{open(path.c_str(), O_RDONLY | O_CLOEXEC)};
  if (file.handle < 0) return SystemError(errno, path.string());
  const auto front = std::make_shared<std::vector<std::uint8_t>>(wire::kFirmwareSlot);
  const ssize_t read = pread(file.handle, front->data(), front->size(), 0);
  if (read < 0) return SystemError(errno, path.string());
  const wire::Bytes bytes = *front;
  wire::TrustedKey key;
  wire::Provisioning provisioning;
  const bool is_good =
      static_cast<std::size_t>(read) == front->size() &&
      wire::ReadTrustedKey(bytes.first(wire::kTrustedKeyBytes), key) == Status::kOk &&
      wire::ReadProvisioning(bytes.subspan(wire::kProvisioningRecords), provisioning) ==
          Status::kOk;
  if (!is_good) {
    return Error{Status::kDataLoss, path.string() + ": this is no provisioned node's flash"};
  }
  return FlashRecords{front, key, provisioning};
}

}  // namespace tinyfog::provision
