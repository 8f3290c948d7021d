#include "partial_folder.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <system_error>
#include <utility>

#include "tinyfog/host/file.h"

namespace tinyfog::rpc {

Outcome<PartialFolder> PartialFolder::Create(std::filesystem::path path) {
  std::error_code error;
  std::filesystem::remove_all(path, error);
  if (error) return SystemError(error.value(), "cannot remove " + path.string());
  if (mkdir(path.c_str(), 0755) != 0) return SystemError(errno, "cannot create " + path.string());
  return PartialFolder(std::move(path));
}

PartialFolder::PartialFolder(PartialFolder&& other) noexcept
    : path_(std::exchange(other.path_, {})) {}

PartialFolder::~PartialFolder() {
  std::error_code ignored;  // what stays is removed by CleanPartialUploads
  if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
}

Outcome<NewFile> NewFile::Create(const std::filesystem::path& path, std::uint64_t size) {
  const int fd = open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
  if (fd < 0) return SystemError(errno, "cannot create " + path.string());
  NewFile file(fd);
  if (size > 0 && fallocate(fd, FALLOC_FL_KEEP_SIZE, 0, static_cast<off_t>(size)) != 0 &&
      errno != EOPNOTSUPP && errno != ENOSYS && errno != EINTR) {
    return SystemError(errno, "cannot reserve " + std::to_string(size) + " bytes for the model");
  }
  return file;
}

NewFile::NewFile(NewFile&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}

NewFile::~NewFile() {
  if (fd_ >= 0) close(fd_);
}

Outcome<void> NewFile::Append(std::span<const std::uint8_t> bytes) {
  while (!bytes.empty()) {
    const ssize_t n = write(fd_, bytes.data(), bytes.size());
    if (n < 0) {
      if (errno == EINTR) continue;
      return SystemError(errno, "cannot write the model");
    }
    bytes = bytes.subspan(static_cast<std::size_t>(n));
  }
  return {};
}

Outcome<void> NewFile::Sync() {
  if (fsync(fd_) != 0) return SystemError(errno, "cannot sync the model to disk");
  return {};
}

}  // namespace tinyfog::rpc
