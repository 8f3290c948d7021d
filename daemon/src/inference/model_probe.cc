#include "model_probe.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstring>

#include "tinyfog/host/file.h"
#include "tinyfog/inference/probe.h"

namespace tinyfog::inference {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t kMaxPassed = 4096;
constexpr std::size_t kMaxLine = 300;

class Descriptor {
 public:
  explicit Descriptor(int fd = -1) : fd_(fd) {}
  ~Descriptor() { Close(); }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return fd_; }
  void Reset(int fd) {
    Close();
    fd_ = fd;
  }
  void Close() {
    if (fd_ >= 0) close(fd_);
    fd_ = -1;
  }

 private:
  int fd_;
};

/// The file's content as a descriptor, which no folder and no other process can change.
Outcome<void> Store(std::span<const std::uint8_t> file, Descriptor& memory) {
  memory.Reset(memfd_create("tinyfog-model", MFD_CLOEXEC));
  if (memory.get() < 0) return SystemError(errno, "memory for the probe of a model");
  while (!file.empty()) {
    const ssize_t written = write(memory.get(), file.data(), file.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return SystemError(errno, "memory for the probe of a model");
    file = file.subspan(static_cast<std::size_t>(written));
  }
  lseek(memory.get(), 0, SEEK_SET);
  return {};
}

/// Starts `arguments` with these as standard input and error, and nothing else open.
Outcome<pid_t> Spawn(std::vector<std::string> arguments, int input, int errors) {
  std::vector<char*> argv;
  for (auto& argument : arguments) argv.push_back(argument.data());
  argv.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  posix_spawn_file_actions_init(&actions);
  posix_spawnattr_init(&attributes);
  posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, errors, STDERR_FILENO);
  posix_spawn_file_actions_adddup2(&actions, errors, STDOUT_FILENO);
  posix_spawn_file_actions_addclosefrom_np(&actions, STDERR_FILENO + 1);
  sigset_t none, all;
  sigemptyset(&none);
  sigfillset(&all);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setsigdefault(&attributes, &all);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  // The children's environment: nothing of the gateway's is needed, least of all its notify socket.
  char path[] = "PATH=/usr/bin:/bin";
  char* environment[] = {path, nullptr};
  pid_t pid = -1;
  const int failed = posix_spawn(&pid, argv[0], &actions, &attributes, argv.data(), environment);
  posix_spawn_file_actions_destroy(&actions);
  posix_spawnattr_destroy(&attributes);
  if (failed != 0) return SystemError(failed, "cannot start the probe of models " + arguments[0]);
  return pid;
}

/// Keeps the last line that is not empty, in printable characters.
class LastLine {
 public:
  void Append(const char* text, std::size_t size) {
    for (const char c : std::string_view(text, size)) {
      if (c == '\n') {
        if (!line_.empty()) last_ = std::move(line_);
        line_.clear();
      } else if (line_.size() < kMaxLine) {
        line_ += c >= ' ' && c <= '~' ? c : '?';
      }
    }
  }
  std::string Take() { return line_.empty() ? std::move(last_) : std::move(line_); }

 private:
  std::string line_, last_;
};

/// Reads to the end of the output; false when `until` comes first.
bool ReadAll(int fd, Clock::time_point until, LastLine& line) {
  char buffer[4096];
  for (;;) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(until - Clock::now());
    if (left.count() <= 0) return false;
    pollfd ready{fd, POLLIN, 0};
    const int polled = poll(&ready, 1, static_cast<int>(left.count()));
    if (polled < 0 && errno != EINTR) return false;
    if (polled <= 0) continue;
    const ssize_t size = read(fd, buffer, sizeof(buffer));
    if (size < 0 && errno == EINTR) continue;
    if (size <= 0) return true;
    line.Append(buffer, static_cast<std::size_t>(size));
  }
}

Error Unsafe(const std::string& how, const std::string& line) {
  return InvalidArgument("Arm NN cannot run this model safely: " + how +
                         (line.empty() ? "" : ": " + line));
}

Outcome<void> Judge(int status, const std::string& line) {
  if (WIFSIGNALED(status)) {
    return Unsafe("its trial was ended by signal " + std::to_string(WTERMSIG(status)) + " (" +
                      strsignal(WTERMSIG(status)) + ")",
                  line);
  }
  const int code = WEXITSTATUS(status);
  if (code == 0) return {};
  const int reported = code - kProbeRefused;
  if (reported > 0 && reported <= static_cast<int>(Status::kUnauthenticated)) {
    return Error{static_cast<Status>(reported), line};
  }
  return Unsafe("its trial exited with code " + std::to_string(code), line);
}

}  // namespace

Outcome<void> ModelProbe::Run(std::span<const std::uint8_t> file, std::uint32_t max_batch,
                              const std::vector<std::string>& backends) const {
  Descriptor input, output, errors;
  TINYFOG_TRY(Store(file, input));
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return SystemError(errno, "a pipe to the probe of a model");
  output.Reset(ends[0]);
  errors.Reset(ends[1]);
  std::vector<std::string> arguments{program_.string(), kProbeArgument, "-",
                                     std::to_string(max_batch)};
  arguments.insert(arguments.end(), backends.begin(), backends.end());
  TINYFOG_TRY_ASSIGN(const pid_t pid, Spawn(std::move(arguments), input.get(), errors.get()));
  errors.Close();
  LastLine line;
  const bool ended = ReadAll(output.get(), Clock::now() + bound_, line);
  if (!ended) kill(pid, SIGKILL);
  int status = 0;
  while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  if (!ended) {
    return Unsafe("its trial took longer than " + std::to_string(bound_.count()) + " ms", "");
  }
  return Judge(status, line.Take());
}

Outcome<void> ModelProbe::Check(std::span<const std::uint8_t> file, std::uint32_t max_batch,
                                const std::vector<std::string>& backends, Passed& passed) {
  if (program_.empty()) return {};
  const auto digest = DigestOf(file);
  {
    const std::lock_guard lock(mutex_);
    const auto known = passed.lower_bound({digest, max_batch});
    if (known != passed.end() && known->first == digest) return {};
  }
  TINYFOG_TRY(Run(file, max_batch, backends));
  const std::lock_guard lock(mutex_);
  if (passed.size() >= kMaxPassed) passed.clear();
  passed.emplace(digest, max_batch);
  return {};
}

}  // namespace tinyfog::inference
