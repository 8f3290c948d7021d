#pragma once

#include "tinyfog/hal/platform.h"

namespace tinyfog::board {

/// What the agent asks of a board under the bootloader, whose watchdog runs.
class BoardPlatform final : public hal::Platform {
 public:
  std::uint32_t Microseconds() override;
  std::uint32_t StackFreeBytes() override;
  void FeedWatchdog() override;
};

}  // namespace tinyfog::board
