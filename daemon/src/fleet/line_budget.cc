#include "line_budget.h"

#include <algorithm>
#include <utility>

namespace tinyfog::fleet {
namespace {

constexpr distribute::Time kPerLine = std::chrono::seconds(6);
constexpr distribute::Time kHold = std::chrono::seconds(5);
constexpr std::size_t kMostNames = 8;

}  // namespace

bool LineBudget::Pass(distribute::Time now, const std::string& name) {
  Refill(now);
  if (lines_ > 0) {
    --lines_;
    return true;
  }
  if (rest_.count == 0) held_since_ = now;
  if (rest_.count < kMostNames) {
    if (rest_.count > 0) rest_.among += ' ';
    rest_.among += name;
  }
  ++rest_.count;
  return false;
}

std::optional<LineBudget::Rest> LineBudget::Take(distribute::Time now) {
  if (rest_.count == 0 || now < held_since_ + kHold) return std::nullopt;
  return std::exchange(rest_, {});
}

void LineBudget::Refill(distribute::Time now) {
  if (lines_ == kBurst) refilled_ = now;
  const auto earned = (now - refilled_) / kPerLine;
  if (earned <= 0) return;
  refilled_ += kPerLine * earned;
  lines_ = std::min(kBurst, lines_ + static_cast<std::size_t>(earned));
}

}  // namespace tinyfog::fleet
