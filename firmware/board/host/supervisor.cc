#include "supervisor.h"

#include <poll.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <ucontext.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <new>

extern "C" const char __executable_start;

namespace tinyfog::board {
namespace {

constexpr int kCrashSignals[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT};
// A board would go on for ever; people want to know.
constexpr int kCrashesInARow = 20;

// In memory that both processes see.
struct Retained {
  std::atomic<std::uint32_t> heartbeat = 0;
  std::atomic<bool> has_crash = false;
  node::Crash crash;
};
Retained* g_retained = nullptr;  // of the child's crash handler

void KeepCrash(int signal, siginfo_t*, void* context) {
  const auto* where = static_cast<const ucontext_t*>(context);
#if defined(__x86_64__)
  const auto pc = static_cast<std::uintptr_t>(where->uc_mcontext.gregs[REG_RIP]);
#else
  const auto pc = static_cast<std::uintptr_t>(where->uc_mcontext.pc);
#endif
  const auto start = reinterpret_cast<std::uintptr_t>(&__executable_start);
  g_retained->crash = {static_cast<std::uint32_t>(pc - start), 0,
                       static_cast<std::uint32_t>(signal)};
  g_retained->has_crash = true;
  std::signal(signal, SIG_DFL);
  std::raise(signal);
}

void WatchForCrashes(Retained& retained) {
  g_retained = &retained;
  static std::uint8_t stack[64 << 10];
  stack_t alternative{};
  alternative.ss_sp = stack;
  alternative.ss_size = sizeof stack;
  sigaltstack(&alternative, nullptr);
  struct sigaction action {};
  action.sa_sigaction = KeepCrash;
  action.sa_flags = SA_SIGINFO | SA_ONSTACK;
  for (const int signal : kCrashSignals) sigaction(signal, &action, nullptr);
}

// The parent: waits for the child's end, passes signals on, and kills what hangs.
class Watch {
 public:
  Watch(int signals, int watchdog_ms, Retained& retained)
      : signals_(signals), watchdog_ms_(watchdog_ms), retained_(retained) {}

  struct End {
    int status = 0;
    bool was_watchdog = false;
    int asked_by = 0;  // signal that asked the child to stop
  };
  End Until(pid_t child) {
    End end;
    std::uint32_t seen = retained_.heartbeat;
    auto fed = std::chrono::steady_clock::now();
    while (waitpid(child, &end.status, WNOHANG) == 0) {
      pollfd request{signals_, POLLIN, 0};
      poll(&request, 1, watchdog_ms_ / 4);
      signalfd_siginfo info;
      if (request.revents != 0 && read(signals_, &info, sizeof info) == sizeof info &&
          info.ssi_signo != SIGCHLD) {
        end.asked_by = static_cast<int>(info.ssi_signo);
        kill(child, end.asked_by);
      }
      const auto now = std::chrono::steady_clock::now();
      const std::uint32_t heartbeat = retained_.heartbeat;
      if (heartbeat != seen) fed = now;
      seen = heartbeat;
      if (now - fed < std::chrono::milliseconds(watchdog_ms_)) continue;
      end.was_watchdog = true;
      kill(child, SIGKILL);
      waitpid(child, &end.status, 0);
      break;
    }
    return end;
  }

 private:
  int signals_;
  int watchdog_ms_;
  Retained& retained_;
};

}  // namespace

int Supervise(int watchdog_ms,
              const std::function<int(const StartReason&, std::atomic<std::uint32_t>&)>& program) {
  void* shared =
      mmap(nullptr, sizeof(Retained), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (shared == MAP_FAILED) return 1;
  auto& retained = *new (shared) Retained;
  sigset_t watched, before;
  sigemptyset(&watched);
  for (const int signal : {SIGINT, SIGTERM, SIGCHLD}) sigaddset(&watched, signal);
  sigprocmask(SIG_BLOCK, &watched, &before);
  const int signals = signalfd(-1, &watched, SFD_CLOEXEC | SFD_NONBLOCK);
  Watch watch(signals, watchdog_ms, retained);
  StartReason why;
  for (int crashes = 0; crashes < kCrashesInARow; ++crashes) {
    const auto begin = std::chrono::steady_clock::now();
    const pid_t parent = getpid();
    const pid_t child = fork();
    if (child < 0) return 1;
    if (child == 0) {
      // It dies with its parent, and hears of the terminal from there only.
      prctl(PR_SET_PDEATHSIG, SIGKILL);
      if (getppid() != parent) std::_Exit(1);
      setpgid(0, 0);
      close(signals);
      sigprocmask(SIG_SETMASK, &before, nullptr);
      WatchForCrashes(retained);
      std::exit(program(why, retained.heartbeat));
    }
    const Watch::End end = watch.Until(child);
    if (WIFEXITED(end.status)) return WEXITSTATUS(end.status);
    if (end.asked_by != 0) return 128 + end.asked_by;
    why = {end.was_watchdog ? ResetReason::kWatchdog : ResetReason::kFault, std::nullopt};
    if (retained.has_crash.exchange(false)) why.crash = retained.crash;
    std::fprintf(stderr, "tinyfog-node: %s; the node starts again\n",
                 end.was_watchdog ? "it hangs, the watchdog resets it" : "it crashed");
    if (std::chrono::steady_clock::now() - begin > std::chrono::seconds(10)) crashes = 0;
  }
  std::fprintf(stderr, "tinyfog-node: it crashes again and again: given up\n");
  return 1;
}

}  // namespace tinyfog::board
