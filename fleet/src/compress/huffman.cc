#include "tinyfog/compress/huffman.h"

#include <algorithm>

namespace tinyfog::compress {
namespace {

// Values whose codes become one bit longer when it is chosen; a value may be there several times.
struct Package {
  std::uint64_t count = 0;
  std::vector<std::uint8_t> values;
};

bool IsRarer(const Package& a, const Package& b) { return a.count < b.count; }

std::vector<Package> ValuesThatOccur(const Histogram& counts) {
  std::vector<Package> values;
  for (std::size_t v = 0; v < counts.size(); ++v) {
    if (counts[v] != 0) values.push_back({counts[v], {static_cast<std::uint8_t>(v)}});
  }
  std::ranges::stable_sort(values, IsRarer);
  return values;
}

std::vector<Package> InPairs(const std::vector<Package>& packages) {
  std::vector<Package> pairs;
  for (std::size_t i = 0; i + 1 < packages.size(); i += 2) {
    Package pair = packages[i];
    pair.count += packages[i + 1].count;
    const auto& other = packages[i + 1].values;
    pair.values.insert(pair.values.end(), other.begin(), other.end());
    pairs.push_back(std::move(pair));
  }
  return pairs;
}

std::array<std::uint16_t, 256> CodesOf(const CodeLengths& lengths) {
  std::array<std::uint16_t, 256> codes{};
  std::uint32_t code = 0;
  for (std::uint32_t length = 1; length <= kLongestCode; ++length) {
    code <<= 1;
    for (std::size_t v = 0; v < codes.size(); ++v) {
      if (lengths[v] == length) codes[v] = static_cast<std::uint16_t>(code++);
    }
  }
  return codes;
}

}  // namespace

Histogram HistogramOf(std::span<const std::uint8_t> bytes) {
  Histogram counts{};
  for (const std::uint8_t byte : bytes) ++counts[byte];
  return counts;
}

CodeLengths BestLengths(const Histogram& counts) {
  const std::vector<Package> values = ValuesThatOccur(counts);
  CodeLengths lengths{};
  if (values.size() == 1) lengths[values[0].values[0]] = 1;
  if (values.size() < 2) return lengths;
  std::vector<Package> packages = values;
  for (int level = 1; level < kLongestCode; ++level) {
    const std::vector<Package> pairs = InPairs(packages);
    packages.clear();
    std::ranges::merge(values, pairs, std::back_inserter(packages), IsRarer);
  }
  const std::size_t chosen = 2 * values.size() - 2;
  for (std::size_t i = 0; i < chosen; ++i) {
    for (const std::uint8_t value : packages[i].values) ++lengths[value];
  }
  return lengths;
}

std::uint64_t BitsOf(const Histogram& counts, const CodeLengths& lengths) {
  std::uint64_t bits = 0;
  for (std::size_t v = 0; v < counts.size(); ++v) {
    if (counts[v] != 0 && lengths[v] == 0) return kNoCode;
    bits += counts[v] * lengths[v];
  }
  return bits;
}

std::vector<std::uint8_t> Encode(std::span<const std::uint8_t> bytes, const CodeLengths& lengths) {
  const auto codes = CodesOf(lengths);
  std::vector<std::uint8_t> out;
  std::uint32_t pending = 0;  // its lowest `count` bits
  std::uint32_t count = 0;
  for (const std::uint8_t byte : bytes) {
    pending = pending << lengths[byte] | codes[byte];
    count += lengths[byte];
    for (; count >= 8; count -= 8) out.push_back(static_cast<std::uint8_t>(pending >> (count - 8)));
  }
  if (count != 0) out.push_back(static_cast<std::uint8_t>(pending << (8 - count)));
  return out;
}

}  // namespace tinyfog::compress
