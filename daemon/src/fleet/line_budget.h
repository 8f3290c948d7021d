#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "tinyfog/distribute/distributor.h"

namespace tinyfog::fleet {

/// Keeps one kind of log line from flooding: 20 at once, then one in 6 seconds; what is held back
/// is counted, to be told together soon. No clock of its own.
class LineBudget {
 public:
  /// Lines that were held back.
  struct Rest {
    std::size_t count = 0;
    std::string among;  ///< the first few names, with blanks between them
  };

  /// Whether the line about `name` may be written now. False: it is held back and counted.
  bool Pass(distribute::Time now, const std::string& name);
  /// What was held back, once the first of it has waited for 5 seconds.
  std::optional<Rest> Take(distribute::Time now);

 private:
  void Refill(distribute::Time now);

  std::size_t lines_ = kBurst;
  distribute::Time refilled_{0};
  distribute::Time held_since_{0};
  Rest rest_;

  static constexpr std::size_t kBurst = 20;
};

}  // namespace tinyfog::fleet
