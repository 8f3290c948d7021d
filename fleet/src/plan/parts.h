#pragma once

#include <cstdint>
#include <deque>
#include <span>
#include <vector>

#include "tinyfog/plan/plan.h"

namespace tinyfog::plan {

/// The steps of a plan, those that are large in parts for several threads.
class Parts {
 public:
  Parts(const Plan& plan, const RunnerOptions& options);

  /// One part: the step itself. `direct`: on the caller's ports.
  std::span<const Step> Of(std::size_t step, bool direct) const {
    return (direct ? direct_ : steps_)[step];
  }
  /// The plan's arena, and the parts' scratch behind it.
  std::uint32_t arena_bytes() const { return arena_bytes_; }
  std::size_t split_steps() const { return split_steps_; }

 private:
  using Words = std::vector<std::uint32_t>;  // parameters are aligned to four bytes
  std::vector<Step> Split(const Plan& plan, std::size_t step, const void* params,
                          std::uint32_t count);

  std::vector<std::vector<Step>> steps_, direct_;
  std::deque<Words> params_;
  std::uint32_t arena_bytes_ = 0;
  std::size_t split_steps_ = 0;
};

}  // namespace tinyfog::plan
