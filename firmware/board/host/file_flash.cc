#include "file_flash.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace tinyfog::board {
namespace {

constexpr std::size_t kMappedBytes = kFlashBytes + kFlashEraseBytes;
constexpr char kMagic[] = "TFHOLES1";

bool IsInside(std::uint32_t offset, std::size_t bytes) {
  return offset <= kFlashBytes && bytes <= kFlashBytes - offset;
}

Unexpected<std::string> Failed(const std::string& path, const std::string& what) {
  return Unexpected(path + ": " + what);
}

// A process that was killed may take a moment to let go.
bool Lock(int fd) {
  for (int tries = 0; tries < 200; ++tries) {
    if (flock(fd, LOCK_EX | LOCK_NB) == 0) return true;
    if (errno != EWOULDBLOCK) return false;
    poll(nullptr, 0, 10);
  }
  return false;
}

}  // namespace

FileFlash::FileFlash(int fd, std::uint8_t* bytes, bool is_sparse)
    : fd_(fd),
      bytes_(bytes),
      holes_(is_sparse ? reinterpret_cast<Holes*>(bytes + kFlashBytes) : nullptr) {}

FileFlash::~FileFlash() {
  munmap(bytes_, holes_ != nullptr ? kMappedBytes : kFlashBytes);
  close(fd_);
}

Result<std::unique_ptr<FileFlash>, std::string> FileFlash::Open(const std::string& path) {
  const int fd = open(path.c_str(), O_RDWR | O_CLOEXEC);
  if (fd < 0) return Failed(path, std::strerror(errno));
  return Map(fd, path);
}

Result<std::unique_ptr<FileFlash>, std::string> FileFlash::Create(const std::string& path) {
  const int fd = open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (fd < 0) return Failed(path, std::strerror(errno));
  if (ftruncate(fd, kMappedBytes) != 0 ||
      pwrite(fd, kMagic, sizeof(Holes::magic), kFlashBytes) != sizeof(Holes::magic)) {
    const std::string reason = std::strerror(errno);
    close(fd);
    return Failed(path, reason);
  }
  return Map(fd, path);
}

Result<std::unique_ptr<FileFlash>, std::string> FileFlash::Map(int fd, const std::string& path) {
  const auto fail = [&](const std::string& what) {
    close(fd);
    return Failed(path, what);
  };
  if (!Lock(fd)) return fail("a node that runs already has this flash");
  struct stat status {};
  if (fstat(fd, &status) != 0) return fail(std::strerror(errno));
  if (status.st_size < off_t{kFlashBytes}) {
    return fail("smaller than a node's flash of 16 MB: deploy/provision node makes one");
  }
  Holes holes{};
  const bool is_sparse = pread(fd, &holes, sizeof holes, kFlashBytes) == sizeof holes &&
                         std::memcmp(holes.magic, kMagic, sizeof holes.magic) == 0;
  const std::size_t bytes = is_sparse ? kMappedBytes : kFlashBytes;
  void* mapped = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  if (mapped == MAP_FAILED) return fail(std::strerror(errno));
  return std::unique_ptr<FileFlash>(
      new FileFlash(fd, static_cast<std::uint8_t*>(mapped), is_sparse));
}

bool FileFlash::IsThere(std::uint32_t unit) const {
  return holes_ == nullptr || (holes_->is_there[unit / 8] >> unit % 8 & 1) != 0;
}

void FileFlash::SetThere(std::uint32_t unit, bool is_there) {
  const auto bit = static_cast<std::uint8_t>(1u << unit % 8);
  std::uint8_t& byte = holes_->is_there[unit / 8];
  byte = static_cast<std::uint8_t>(is_there ? byte | bit : byte & ~bit);
}

Status FileFlash::Read(std::uint32_t offset, std::span<std::uint8_t> bytes) {
  if (!IsInside(offset, bytes.size())) return Status::kOutOfRange;
  for (std::size_t done = 0; done < bytes.size();) {
    const std::uint32_t at = offset + static_cast<std::uint32_t>(done);
    const std::size_t count =
        std::min<std::size_t>(bytes.size() - done, kFlashEraseBytes - at % kFlashEraseBytes);
    if (IsThere(at / kFlashEraseBytes)) {
      std::memcpy(bytes.data() + done, bytes_ + at, count);
    } else {
      std::memset(bytes.data() + done, 0xFF, count);
    }
    done += count;
  }
  return Status::kOk;
}

Status FileFlash::Program(std::uint32_t offset, std::span<const std::uint8_t> bytes) {
  if (offset % kFlashProgramBytes != 0 || bytes.size() % kFlashProgramBytes != 0) {
    return Status::kInvalidArgument;
  }
  if (!IsInside(offset, bytes.size())) return Status::kOutOfRange;
  for (std::size_t done = 0; done < bytes.size(); done += kFlashProgramBytes) {
    const std::uint32_t at = offset + static_cast<std::uint32_t>(done);
    const std::uint32_t unit = at / kFlashEraseBytes;
    if (!IsThere(unit)) {
      std::memset(bytes_ + unit * kFlashEraseBytes, 0xFF, kFlashEraseBytes);
      SetThere(unit, true);
    }
    const std::uint8_t* place = bytes_ + at;
    if (std::any_of(place, place + kFlashProgramBytes, [](std::uint8_t b) { return b != 0xFF; })) {
      return Status::kFailedPrecondition;
    }
    std::memcpy(bytes_ + at, bytes.data() + done, kFlashProgramBytes);
  }
  return Status::kOk;
}

Status FileFlash::Erase(std::uint32_t offset) {
  if (offset % kFlashEraseBytes != 0) return Status::kInvalidArgument;
  if (!IsInside(offset, kFlashEraseBytes)) return Status::kOutOfRange;
  if (holes_ == nullptr) {
    std::memset(bytes_ + offset, 0xFF, kFlashEraseBytes);
    return Status::kOk;
  }
  SetThere(offset / kFlashEraseBytes, false);
  // Where the file system cannot punch holes the file only stays larger.
  static_cast<void>(
      fallocate(fd_, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, offset, kFlashEraseBytes));
  return Status::kOk;
}

}  // namespace tinyfog::board
