#include "tinyfog/host/file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <system_error>

namespace tinyfog {
namespace {

/// Closes on destruction.
class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (fd_ >= 0) close(fd_);
  }
  int get() const { return fd_; }

 private:
  int fd_;
};

Outcome<void> WriteAll(int fd, std::span<const std::uint8_t> bytes, const std::string& name) {
  while (!bytes.empty()) {
    const ssize_t n = write(fd, bytes.data(), bytes.size());
    if (n < 0) {
      if (errno == EINTR) continue;
      return SystemError(errno, "cannot write " + name);
    }
    bytes = bytes.subspan(static_cast<std::size_t>(n));
  }
  return {};
}

}  // namespace

Error SystemError(int error_number, const std::string& what) {
  Error error{Status::kInternal, what + ": " + std::generic_category().message(error_number)};
  switch (error_number) {
    case ENOENT:
    case ENOTDIR:
      error.code = Status::kNotFound;
      break;
    case EACCES:
    case EPERM:
    case EROFS:
      error.code = Status::kPermissionDenied;
      break;
    case ENOSPC:
    case EDQUOT:
    case EMFILE:
    case ENFILE:
    case EFBIG:
      error.code = Status::kResourceExhausted;
      break;
    case EEXIST:
      error.code = Status::kAlreadyExists;
      break;
    default:
      break;
  }
  return error;
}

Outcome<std::vector<std::uint8_t>> ReadFile(const std::filesystem::path& path,
                                            std::uint64_t max_bytes) {
  const Descriptor fd(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (fd.get() < 0) return SystemError(errno, "cannot open " + path.string());
  struct stat info {};
  if (fstat(fd.get(), &info) != 0) return SystemError(errno, "cannot stat " + path.string());
  if (S_ISDIR(info.st_mode)) return InvalidArgument(path.string() + " is a folder, not a file");
  std::vector<std::uint8_t> bytes;
  // The size is only a hint: the file may grow while it is read, and pipes report 0.
  bytes.reserve(static_cast<std::size_t>(info.st_size));
  std::uint8_t block[65536];
  for (;;) {
    const ssize_t n = read(fd.get(), block, sizeof(block));
    if (n < 0) {
      if (errno == EINTR) continue;
      return SystemError(errno, "cannot read " + path.string());
    }
    if (n == 0) return bytes;
    bytes.insert(bytes.end(), block, block + n);
    if (bytes.size() > max_bytes) {
      return Error{Status::kResourceExhausted, path.string() + " is larger than the limit of " +
                                                   std::to_string(max_bytes) + " bytes"};
    }
  }
}

Outcome<void> SyncFolder(const std::filesystem::path& folder) {
  const Descriptor fd(open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (fd.get() < 0) return SystemError(errno, "cannot open " + folder.string());
  if (fsync(fd.get()) != 0) return SystemError(errno, "cannot sync " + folder.string());
  return {};
}

Outcome<void> WriteFileAtomically(const std::filesystem::path& path,
                                  std::span<const std::uint8_t> bytes, bool is_secret) {
  const std::filesystem::path folder = path.has_parent_path() ? path.parent_path() : ".";
  std::string temporary = path.string() + ".XXXXXX.partial";
  const Descriptor fd(mkostemps(temporary.data(), 8, O_CLOEXEC));
  if (fd.get() < 0) return SystemError(errno, "cannot create a file in " + folder.string());
  auto written = WriteAll(fd.get(), bytes, path.string());
  if (written.ok() && fchmod(fd.get(), is_secret ? 0600 : 0644) != 0) {
    written = SystemError(errno, "cannot set the mode of " + path.string());
  }
  if (written.ok() && fsync(fd.get()) != 0) {
    written = SystemError(errno, "cannot sync " + path.string());
  }
  if (written.ok() && rename(temporary.c_str(), path.c_str()) != 0) {
    written = SystemError(errno, "cannot rename to " + path.string());
  }
  if (!written.ok()) {
    unlink(temporary.c_str());
    return written;
  }
  return SyncFolder(folder);
}

}  // namespace tinyfog
