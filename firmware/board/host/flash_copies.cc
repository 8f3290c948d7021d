#include "flash_copies.h"

#include <algorithm>
#include <filesystem>

#include "file_flash.h"
#include "tinyfog/boot/image.h"
#include "tinyfog/wire/provisioning.h"

namespace tinyfog::board {
namespace {

using Error = std::string;

// Programs what is not erased in `bytes`, the end filled up.
Status Put(FileFlash& flash, std::uint32_t offset, wire::Bytes bytes) {
  std::vector<std::uint8_t> whole(bytes.begin(), bytes.end());
  whole.resize((whole.size() + kFlashProgramBytes - 1) / kFlashProgramBytes * kFlashProgramBytes,
               0xFF);
  return flash.Program(offset, whole);
}

Result<void, Error> Fill(FileFlash& to, FileFlash& from, const std::string& suffix) {
  const wire::Bytes mapped(from.mapped(), kFlashBytes);
  const wire::Bytes unit = mapped.first(wire::kTrustedKeyBytes);
  wire::Provisioning provisioning;
  wire::TrustedKey key;
  const Status read = wire::ReadProvisioning(
      mapped.subspan(wire::kProvisioningRecords, wire::kProvisioningRecordsBytes), provisioning);
  if (read != Status::kOk || wire::ReadTrustedKey(unit, key) != Status::kOk) {
    return Unexpected<Error>(
        "this is no provisioned node's flash: deploy/provision node makes one");
  }
  const std::string name = std::string(provisioning.node) + suffix;
  provisioning.node = name;
  std::vector<std::uint8_t> area(wire::kProvisioningRecordsBytes);
  const wire::Bytes records = wire::WriteProvisioning(provisioning, area);
  if (records.empty()) return Unexpected("the node's name gets too long: " + name);
  const boot::CheckedImage image = boot::ReadImage(from, kFlashMap.slot_a, kFlashMap.slot_bytes);
  const wire::Bytes firmware = mapped.subspan(kFlashMap.slot_a, image.total_bytes);
  const bool is_done = Put(to, wire::kTrustedKey, unit) == Status::kOk &&
                       Put(to, wire::kProvisioningRecords, records) == Status::kOk &&
                       Put(to, kFlashMap.slot_a, firmware) == Status::kOk;
  if (!is_done) return Unexpected<Error>("cannot be written");
  return {};
}

}  // namespace

Result<std::vector<std::string>, Error> CopyFlash(const std::string& origin,
                                                  const std::string& folder, int count) {
  namespace fs = std::filesystem;
  std::error_code failed;
  fs::create_directories(folder, failed);
  if (failed) return Unexpected(folder + ": " + failed.message());
  std::vector<std::string> paths;
  for (int i = 1; i <= count; ++i) {
    const std::string suffix = "-" + std::to_string(i);
    paths.push_back((fs::path(folder) / ("node" + suffix + ".flash")).string());
    if (fs::exists(paths.back())) continue;
    auto from = FileFlash::Open(origin);
    if (!from.ok()) return Unexpected(from.error());
    // Whole under its name, or not at all.
    const std::string unfinished = paths.back() + ".new";
    fs::remove(unfinished, failed);
    {
      auto to = FileFlash::Create(unfinished);
      if (!to.ok()) return Unexpected(to.error());
      if (const auto filled = Fill(**to, **from, suffix); !filled.ok()) {
        return Unexpected(origin + ": " + filled.error());
      }
    }
    fs::rename(unfinished, paths.back(), failed);
    if (failed) return Unexpected(paths.back() + ": " + failed.message());
  }
  return paths;
}

}  // namespace tinyfog::board
