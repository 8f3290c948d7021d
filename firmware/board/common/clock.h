#pragma once

#include <cstdint>

namespace tinyfog::board {

/// Starts the clock at zero. Interrupts are masked from then on: they wake the processor in
/// SleepUntil and are not taken.
void StartClock();
/// To be asked at least once an hour.
std::uint64_t NowMs();
/// Microseconds, around 32 bits.
std::uint32_t NowUs();
/// Sleeps until then, or until the Ethernet controller has news, or for half a second.
void SleepUntil(std::uint64_t deadline_ms);

}  // namespace tinyfog::board
