#pragma once

#include <sys/types.h>

#include <chrono>
#include <string>
#include <vector>

#include "tinyfog/host/error.h"

namespace tinyfog::demo {

/// A process of this same program, whose standard output is read line by line. It gets SIGTERM when
/// this process dies, however that happens, and is in a process group of its own, so that Ctrl-C
/// reaches only this process, which then decides.
class Child {
 public:
  /// Runs this program with `arguments`. Call it from the main thread: the child dies with the
  /// thread that started it. Errors: kInternal, kResourceExhausted.
  static Outcome<Child> Start(std::string name, const std::vector<std::string>& arguments);
  Child(Child&& other) noexcept;
  Child& operator=(Child&&) = delete;
  ~Child();  ///< kills and waits, if it still runs

  const std::string& name() const { return name_; }
  int fd() const { return fd_; }  ///< readable when TakeLines has something; -1 after the end
  /// The complete lines that have arrived, without "\n". Closes fd at the end of the output.
  /// Lines above 64 KiB are dropped.
  std::vector<std::string> TakeLines();
  void Signal(int signal) const;
  /// The exit status, or -1 when a signal ended it. Blocks until it has ended.
  int Wait();

 private:
  Child(std::string name, pid_t pid, int fd) : name_(std::move(name)), pid_(pid), fd_(fd) {}
  std::string name_;
  pid_t pid_;  ///< 0: waited for
  int fd_;
  std::string partial_;
};

}  // namespace tinyfog::demo
