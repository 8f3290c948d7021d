#pragma once

#include <atomic>
#include <functional>
#include <optional>

#include "retained.h"
#include "tinyfog/node/agent.h"

namespace tinyfog::board {

/// Why the process that is the nodes starts, as a board's retained memory would say.
struct StartReason {
  ResetReason reason = ResetReason::kPowerOn;
  std::optional<node::Crash> crash;
};

/// Runs `program` in a child process again and again, as a board runs firmware: what crashes is
/// reset with the fault kept (pc counts from the program's start, status is the signal), and what
/// leaves the heartbeat alone for `watchdog_ms` as by a watchdog. Returns the program's exit code
/// when it returns one, 1 when it crashes without end. SIGINT and SIGTERM are passed on to it; one
/// that does not end in order then is not started again: 128 + the signal.
int Supervise(int watchdog_ms,
              const std::function<int(const StartReason& why,
                                      std::atomic<std::uint32_t>& heartbeat)>& program);

}  // namespace tinyfog::board
