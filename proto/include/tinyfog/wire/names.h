#pragma once

#include <cstddef>
#include <string_view>

/// How things are named that nodes and gateway both know.
namespace tinyfog::wire {

inline constexpr std::size_t kNameBytes = 64;

/// Whether `text` is 1 to kNameBytes of [A-Za-z0-9_.-], as sites and models are named; with colons
/// also ':', as nodes are.
bool IsName(std::string_view text, bool colons = false);
/// Whether all of `text` is printable ASCII.
bool IsPrintable(std::string_view text);

}  // namespace tinyfog::wire
