#pragma once

#include <cstdint>

namespace tinyfog::demo {

/// Seeded random numbers that are the same on every machine, compiler and standard library
/// (xoshiro256**, seeded by splitmix64; only additions and multiplications in the distributions).
/// Source: Blackman and Vigna, "Scrambled linear pseudorandom number generators", 2018.
class Random {
 public:
  explicit Random(std::uint64_t seed);

  std::uint64_t Next();
  /// Uniform in [low, high).
  double Uniform(double low, double high);
  /// Approximately normal, mean 0 and deviation 1: a sum of twelve uniform numbers, so never beyond
  /// 6.
  double Normal();
  /// Uniform in 0 .. count-1; count > 0.
  std::uint32_t Below(std::uint32_t count);

 private:
  std::uint64_t state_[4];
};

}  // namespace tinyfog::demo
