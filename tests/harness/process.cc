#include "process.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <sstream>
#include <thread>

namespace tinyfog::testing {
namespace {

constexpr std::chrono::milliseconds kPoll{5};

int Decode(int status) { return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status); }

// Between fork and exec: system calls only.
[[noreturn]] void Become(char** arguments, int input, int output, int errors, pid_t parent) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent) _exit(127);
  dup2(input, STDIN_FILENO);
  dup2(output, STDOUT_FILENO);
  dup2(errors, STDERR_FILENO);
  execvp(arguments[0], arguments);
  _exit(127);
}

}  // namespace

TemporaryFolder::TemporaryFolder() {
  std::string pattern = std::filesystem::temp_directory_path() / "tinyfog-test-XXXXXX";
  if (mkdtemp(pattern.data()) == nullptr) std::abort();
  path_ = pattern;
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

bool Eventually(const std::function<bool()>& condition, std::chrono::seconds bound) {
  const auto end = std::chrono::steady_clock::now() + bound;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > end) return false;
    std::this_thread::sleep_for(kPoll);
  }
  return true;
}

Process::Process(std::vector<std::string> arguments, const std::string& input) {
  Store(folder_ / "in", input);
  const int in = open((folder_ / "in").c_str(), O_RDONLY | O_CLOEXEC);
  const int out = open((folder_ / "out").c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  const int err = open((folder_ / "err").c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  std::vector<char*> raw;
  for (std::string& argument : arguments) raw.push_back(argument.data());
  raw.push_back(nullptr);
  const pid_t parent = getpid();
  pid_ = fork();
  if (pid_ == 0) Become(raw.data(), in, out, err, parent);
  for (const int fd : {in, out, err}) close(fd);
  if (pid_ < 0) ADD_FAILURE() << "cannot fork " << arguments[0];
}

Process::~Process() {
  if (!running()) return;
  Signal(SIGKILL);
  int status = 0;
  waitpid(pid_, &status, 0);
}

bool Process::running() {
  if (pid_ < 0 || status_) return false;
  int status = 0;
  if (waitpid(pid_, &status, WNOHANG) == pid_) status_ = Decode(status);
  return !status_;
}

void Process::Signal(int number) const {
  if (pid_ > 0 && !status_) kill(pid_, number);
}

std::optional<int> Process::Wait(std::chrono::seconds bound) {
  Eventually([this] { return !running(); }, bound);
  return status_;
}

std::string Process::Output() const { return Contents(folder_ / "out"); }
std::string Process::Errors() const { return Contents(folder_ / "err"); }

Finished RunCommand(std::vector<std::string> arguments, const std::string& input,
                    std::chrono::seconds bound) {
  const std::string name = arguments.front();
  Process process(std::move(arguments), input);
  Finished finished;
  const auto code = process.Wait(bound);
  if (!code) ADD_FAILURE() << name << " did not end within " << bound.count() << " s";
  finished.code = code.value_or(-1);
  finished.output = process.Output();
  finished.errors = process.Errors();
  return finished;
}

std::string Contents(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) {
    ADD_FAILURE() << "cannot read " << path;
    return "";
  }
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

void Store(const std::filesystem::path& path, const std::string& contents) {
  std::ofstream out(path, std::ios::binary);
  out << contents;
  out.flush();
  if (!out) ADD_FAILURE() << "cannot write " << path;
}

std::optional<std::filesystem::path> SharedFolder() {
  const char* named = std::getenv("TINYFOG_SHARED");
  const std::filesystem::path folder =
      named != nullptr ? std::filesystem::path(named)
                       : std::filesystem::path(TINYFOG_SOURCE_DIR).parent_path() / "shared";
  std::error_code ignored;
  if (!std::filesystem::is_directory(folder / "models", ignored)) return std::nullopt;
  return folder;
}

std::string Program(const std::string& name) {
  return std::string(TINYFOG_BINARY_DIR) + "/bin/" + name;
}

}  // namespace tinyfog::testing
