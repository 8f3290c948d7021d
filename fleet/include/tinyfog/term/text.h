#pragma once

#include <cstddef>
#include <string>
#include <string_view>

/// Text for terminals. Strings are UTF-8; bytes that are not are shown as U+FFFD, so names that
/// came over the network can neither break a table nor send control sequences to the terminal.
namespace tinyfog::term {

/// `text` with control characters and invalid UTF-8 replaced by U+FFFD.
std::string Printable(std::string_view text);

/// Columns that Printable(text) takes on a terminal: 0 for combining marks, 2 for wide characters.
std::size_t DisplayWidth(std::string_view text);

/// Printable(text), shortened with "…" where it is wider than `width` columns.
std::string Fit(std::string_view text, std::size_t width);

/// How far two names are apart: insertions, deletions, replacements and swaps of neighbours, in
/// bytes.
std::size_t EditDistance(std::string_view a, std::string_view b);

}  // namespace tinyfog::term
