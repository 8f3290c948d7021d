#pragma once

#include <atomic>
#include <cstdint>
#include <span>
#include <thread>
#include <vector>

#include "tinyfog/plan/plan.h"

namespace tinyfog::plan {

/// Threads that help another one, its user, with parts of its steps. Helpers look out for work for
/// some microseconds after each, then sleep; the user never waits for one that has not begun.
class Team {
 public:
  explicit Team(unsigned helpers);
  ~Team();
  Team(const Team&) = delete;
  Team& operator=(const Team&) = delete;

  /// Runs parts that do not depend on each other, at most 65535; returns when all have ended. One
  /// thread at a time.
  void Run(std::span<const Step> parts, nn::Memory memory);

 private:
  void Help();
  // Takes parts of the offer until there are none.
  void Work();

  // Which parts of which run are left to take: serial number of the run, its parts, and the next
  // of these, in 32, 16 and 16 bits. Serial number and parts of 0: the end.
  alignas(64) std::atomic<std::uint64_t> offer_{1ull << 32};
  alignas(64) std::atomic<std::uint32_t> unfinished_{0};
  // Of the run; read only by those who have taken a part of it.
  std::span<const Step> parts_;
  nn::Memory memory_{};
  std::uint32_t serial_ = 1;
  std::vector<std::thread> helpers_;
};

}  // namespace tinyfog::plan
