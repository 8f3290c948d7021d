#include "tinyfog/term/format.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

#include "tinyfog/term/text.h"

namespace tinyfog::term {
namespace {

// Three significant digits where they fit before the unit changes: 1.52, 15.2, 152.
std::string Significant(double value) {
  const int digits = value < 9.995 ? 2 : value < 99.95 ? 1 : 0;
  return Fixed(value, digits);
}

std::string TwoUnits(std::int64_t whole, const char* unit, std::int64_t rest, const char* small) {
  std::string text = std::to_string(whole) + " " + unit;
  if (rest != 0) text += " " + std::to_string(rest) + " " + small;
  return text;
}

}  // namespace

std::string Fixed(double value, int digits) {
  std::array<char, 512> buffer{};
  const int n = std::snprintf(buffer.data(), buffer.size(), "%.*f", digits, value);
  return {buffer.data(), std::min<std::size_t>(static_cast<std::size_t>(n), buffer.size() - 1)};
}

std::string HumanCount(std::uint64_t count) {
  std::string text = std::to_string(count);
  for (auto at = static_cast<std::ptrdiff_t>(text.size()) - 3; at > 0; at -= 3) {
    text.insert(static_cast<std::size_t>(at), ",");
  }
  return text;
}

std::string HumanBytes(std::uint64_t bytes) {
  if (bytes < 1024) return HumanCount(bytes) + " B";
  constexpr std::array units{"KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
  double value = static_cast<double>(bytes) / 1024;
  std::size_t unit = 0;
  while (value >= 1023.5 && unit + 1 < units.size()) {
    value /= 1024;
    ++unit;
  }
  return Fixed(value, value < 9.95 ? 1 : 0) + " " + units[unit];
}

std::string HumanDuration(std::chrono::nanoseconds duration) {
  if (duration.count() < 0) return "-" + HumanDuration(-duration);
  const auto ns = static_cast<double>(duration.count());
  if (ns < 1e3) return std::to_string(duration.count()) + " ns";
  if (ns < 999.5e3) return Significant(ns / 1e3) + " µs";
  if (ns < 999.5e6) return Significant(ns / 1e6) + " ms";
  if (ns < 59.95e9) return Fixed(ns / 1e9, 1) + " s";
  const std::int64_t seconds = std::llround(ns / 1e9);
  if (seconds < 3600) return TwoUnits(seconds / 60, "min", seconds % 60, "s");
  if (seconds < 86'400) return TwoUnits(seconds / 3600, "h", seconds % 3600 / 60, "min");
  return TwoUnits(seconds / 86'400, "d", seconds % 86'400 / 3600, "h");
}

std::string HumanPercent(double share) {
  const double percent = share * 100;
  // Never round up to a perfect score.
  if (percent < 100 && percent > 99.9) return "99.9 %";
  return Fixed(percent, 1) + " %";
}

std::string ProgressBar(std::uint64_t done, std::uint64_t total, std::size_t columns) {
  const double share =
      total == 0 ? 1 : std::min(1.0, static_cast<double>(done) / static_cast<double>(total));
  std::string percent = std::to_string(static_cast<int>(share * 100));
  percent.insert(0, 3 - percent.size(), ' ');
  const std::string tail = percent + " %  " + HumanBytes(done) + " of " + HumanBytes(total);
  if (columns < tail.size() + 12) return Fit(tail, columns);
  const std::size_t room = std::min<std::size_t>(columns - tail.size() - 3, 40);
  const auto full = static_cast<std::size_t>(share * static_cast<double>(room));
  std::string bar(full, '=');
  if (full < room) bar += '>';
  bar.resize(room, ' ');
  return "[" + bar + "] " + tail;
}

}  // namespace tinyfog::term
