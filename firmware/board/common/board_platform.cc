#include "board_platform.h"

#include "clock.h"
#include "program.h"
#include "retained.h"

namespace tinyfog::board {

std::uint32_t BoardPlatform::Microseconds() { return NowUs(); }

std::uint32_t BoardPlatform::StackFreeBytes() { return board::StackFreeBytes(); }

void BoardPlatform::FeedWatchdog() { board::FeedWatchdog(); }

}  // namespace tinyfog::board
