#include "children.h"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <utility>

#include "tinyfog/host/file.h"

namespace tinyfog::demo {
namespace {

constexpr std::size_t kLongestLine = 64 << 10;

// Between fork and exec: async-signal-safe calls only.
[[noreturn]] void Exec(int out, pid_t parent, char* const* arguments) {
  ::prctl(PR_SET_PDEATHSIG, SIGTERM);
  if (::getppid() != parent) ::_exit(126);  // it died before prctl
  ::setpgid(0, 0);
  sigset_t none;
  sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  ::dup2(out, STDOUT_FILENO);
  ::execv("/proc/self/exe", arguments);
  ::_exit(127);
}

}  // namespace

Outcome<Child> Child::Start(std::string name, const std::vector<std::string>& arguments) {
  std::array<int, 2> pipe{};
  if (::pipe2(pipe.data(), O_CLOEXEC) != 0) return SystemError(errno, "pipe");
  ::fcntl(pipe[0], F_SETFL, O_NONBLOCK);
  std::vector<char*> argv;
  std::string program = "tinyfog-demo";
  argv.push_back(program.data());
  std::vector<std::string> copies = arguments;
  for (auto& argument : copies) argv.push_back(argument.data());
  argv.push_back(nullptr);
  const pid_t parent = ::getpid();
  const pid_t pid = ::fork();
  if (pid == 0) Exec(pipe[1], parent, argv.data());
  const int error = errno;
  ::close(pipe[1]);
  if (pid < 0) {
    ::close(pipe[0]);
    return SystemError(error, "fork");
  }
  return Child(std::move(name), pid, pipe[0]);
}

Child::Child(Child&& other) noexcept
    : name_(std::move(other.name_)),
      pid_(std::exchange(other.pid_, 0)),
      fd_(std::exchange(other.fd_, -1)),
      partial_(std::move(other.partial_)) {}

Child::~Child() {
  Signal(SIGKILL);
  static_cast<void>(Wait());
  if (fd_ >= 0) ::close(fd_);
}

std::vector<std::string> Child::TakeLines() {
  std::vector<std::string> lines;
  std::array<char, 16384> buffer{};
  while (fd_ >= 0) {
    const ssize_t n = ::read(fd_, buffer.data(), buffer.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0 && errno == EAGAIN) break;
    if (n <= 0) {
      ::close(std::exchange(fd_, -1));
      break;
    }
    partial_.append(buffer.data(), static_cast<std::size_t>(n));
    std::size_t at = 0;
    for (std::size_t end; (end = partial_.find('\n', at)) != std::string::npos; at = end + 1) {
      lines.push_back(partial_.substr(at, end - at));
    }
    partial_.erase(0, at);
    if (partial_.size() > kLongestLine) partial_.clear();
  }
  return lines;
}

void Child::Signal(int signal) const {
  if (pid_ > 0) ::kill(pid_, signal);
}

int Child::Wait() {
  if (pid_ <= 0) return -1;
  int status = 0;
  while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
  }
  pid_ = 0;
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

}  // namespace tinyfog::demo
