#pragma once

#include <sys/types.h>

#include <chrono>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace tinyfog::testing {

/// A new folder that is removed with everything in it.
class TemporaryFolder {
 public:
  TemporaryFolder();
  ~TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  const std::filesystem::path& path() const { return path_; }
  std::filesystem::path operator/(const std::string& name) const { return path_ / name; }

 private:
  std::filesystem::path path_;
};

/// Asks again and again until `condition` holds. False after `bound`, which is generous: it only
/// ends a test that fails.
bool Eventually(const std::function<bool()>& condition,
                std::chrono::seconds bound = std::chrono::seconds(30));

/// A child process with its standard output and error in files. Killed and reaped on destruction,
/// and by the kernel when the test dies.
class Process {
 public:
  /// Starts `arguments[0]` (searched in PATH). Fails the test and returns a process that is not
  /// running on error.
  explicit Process(std::vector<std::string> arguments, const std::string& input = "");
  ~Process();
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  pid_t pid() const { return pid_; }
  bool running();
  void Signal(int number) const;
  /// The exit code, or 128 + signal; nothing when it still runs after `bound`.
  std::optional<int> Wait(std::chrono::seconds bound = std::chrono::seconds(30));
  std::string Output() const;  ///< standard output so far
  std::string Errors() const;  ///< standard error so far

 private:
  TemporaryFolder folder_;
  pid_t pid_ = -1;
  std::optional<int> status_;
};

/// What a command printed and how it ended.
struct Finished {
  int code = -1;
  std::string output;
  std::string errors;
};

/// Runs a command to its end, which must come within `bound`.
Finished RunCommand(std::vector<std::string> arguments, const std::string& input = "",
                    std::chrono::seconds bound = std::chrono::seconds(60));

/// The whole file; fails the test when it cannot be read.
std::string Contents(const std::filesystem::path& path);
void Store(const std::filesystem::path& path, const std::string& contents);

/// The folder of shared reference data (TINYFOG_SHARED, else `shared` beside the checkout), or
/// nothing.
std::optional<std::filesystem::path> SharedFolder();

/// A program of this build, e.g. Program("tinyfogd").
std::string Program(const std::string& name);

}  // namespace tinyfog::testing

/// Skips the test, visibly, where the folder of shared reference data is missing.
#define TINYFOG_SKIP_WITHOUT_SHARED()      \
  if (!::tinyfog::testing::SharedFolder()) \
  GTEST_SKIP() << "no folder of shared reference data: set TINYFOG_SHARED to run this test"
