#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

/// Codes of whole bits for byte values (Huffman), canonical as in RFC 1951, section 3.2.2: the
/// lengths say everything.
namespace tinyfog::compress {

inline constexpr std::uint8_t kLongestCode = 15;

using Histogram = std::array<std::uint64_t, 256>;   ///< how often each value occurs
using CodeLengths = std::array<std::uint8_t, 256>;  ///< bits of each value's code; 0: none

Histogram HistogramOf(std::span<const std::uint8_t> bytes);

/// Lengths up to kLongestCode with the fewest bits for these counts; values that do not occur get
/// none, a single one gets 1. Source: Larmore, Hirschberg, A fast algorithm for optimal
/// length-limited Huffman codes, J. ACM 37 (1990): package-merge.
CodeLengths BestLengths(const Histogram& counts);

/// What no code can do: values occur that have none.
inline constexpr std::uint64_t kNoCode = UINT64_MAX;
/// Bits that these counts take; kNoCode.
std::uint64_t BitsOf(const Histogram& counts, const CodeLengths& lengths);

/// The codes of `bytes`, highest bit first, filled with zeros to whole bytes. Precondition: each
/// value has one.
std::vector<std::uint8_t> Encode(std::span<const std::uint8_t> bytes, const CodeLengths& lengths);

}  // namespace tinyfog::compress
