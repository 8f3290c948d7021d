#include "data_folder.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <string>

#include "tinyfog/host/file.h"

namespace tinyfog::app {
namespace {

std::string Owner(int lock) {
  std::array<char, 32> text{};
  const ssize_t size = ::pread(lock, text.data(), text.size() - 1, 0);
  std::string pid(text.data(), size > 0 ? static_cast<std::size_t>(size) : 0);
  while (!pid.empty() && pid.back() == '\n') pid.pop_back();
  return pid.empty() ? "?" : pid;
}

}  // namespace

Outcome<void> CreateFolder(const std::filesystem::path& path) {
  std::error_code error;
  if (std::filesystem::is_directory(path, error)) return {};
  const bool created = std::filesystem::create_directories(path, error);
  if (error) {
    Error reason = SystemError(error.value(), "cannot create the folder " + path.string());
    reason.message +=
        "; create it for this user, or name another one (--data, or the configuration)";
    return reason;
  }
  if (created) ::chmod(path.c_str(), 0750);
  return {};
}

Outcome<std::unique_ptr<DataFolder>> DataFolder::Open(const std::filesystem::path& path) {
  TINYFOG_TRY(CreateFolder(path));
  const std::filesystem::path file = path / "lock";
  const int fd = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0640);
  if (fd < 0) {
    Error reason = SystemError(errno, "cannot open " + file.string());
    reason.message += "; make the folder writable for this user, or give --data another one";
    return reason;
  }
  std::unique_ptr<DataFolder> folder(new DataFolder(fd));
  if (::flock(fd, LOCK_EX | LOCK_NB) != 0) {
    return Error{Status::kAlreadyExists, "another tinyfogd (process " + Owner(fd) + ") uses " +
                                             path.string() +
                                             "; stop it, or give --data another folder"};
  }
  const std::string pid = std::to_string(::getpid()) + "\n";
  if (::ftruncate(fd, 0) != 0 || ::pwrite(fd, pid.data(), pid.size(), 0) < 0) {
    return SystemError(errno, "cannot write " + file.string());
  }
  return folder;
}

DataFolder::~DataFolder() { ::close(lock_); }

}  // namespace tinyfog::app
