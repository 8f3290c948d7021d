#pragma once

#include <functional>

#include "exit_code.h"

namespace tinyfog::ctl {

/// Runs `read` on a thread of its own until it returns, or until SIGINT or SIGTERM, which must be
/// blocked, makes `cancel` end it. Calls `draw` on this thread at first, every `frame_ms` (-1: not)
/// and at the end. Returns what `read` does.
Done RunUntilSignal(const std::function<Done()>& read, const std::function<void()>& cancel,
                    const std::function<void()>& draw, int frame_ms);

}  // namespace tinyfog::ctl
