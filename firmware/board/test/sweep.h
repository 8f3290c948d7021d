#pragma once

#include <cstdint>
#include <span>

#include "tinyfog/nn/memory.h"

/// Tuned kernels against portable ones over random shapes, on the board. firmware/README.md says
/// how to add one.
namespace tinyfog::board {

/// Repeatable random numbers (xorshift).
class Random {
 public:
  explicit Random(std::uint32_t seed) : x_(seed * 2654435761u + 1) {}
  std::uint32_t Next();
  /// From `lowest` to `highest`, both included.
  std::int32_t Between(std::int32_t lowest, std::int32_t highest);
  void Fill(std::span<std::uint8_t> bytes);

 private:
  std::uint32_t x_;
};

/// One case: the constants and the arena's start are random bytes; the sweep writes what must have
/// meaning (multipliers, shifts, ...) over them and calls Check.
class Case {
 public:
  static constexpr std::uint32_t kConstantBytes = 128 << 10;
  static constexpr std::uint32_t kArenaBytes = 64 << 10;

  explicit Case(std::uint32_t seed);
  Random& random() { return random_; }
  std::uint32_t seed() const { return seed_; }

  /// Takes bytes of the constants or the arena; aligned to 16.
  nn::Ref TakeConstant(std::uint32_t bytes);
  nn::Ref TakeArena(std::uint32_t bytes);
  /// For writing values with a meaning.
  template <class T>
  T* Constant(nn::Ref ref) {
    return reinterpret_cast<T*>(constants() + (ref & ~nn::kConstantBit));
  }
  template <class T>
  T* Arena(nn::Ref ref) {
    return reinterpret_cast<T*>(start_arena() + ref);
  }
  /// These arena bytes may differ afterwards.
  void IgnoreScratch(nn::Ref ref, std::uint32_t bytes) {
    scratch_ = ref;
    scratch_bytes_ = bytes;
  }

  /// Whether `verify` accepts `params` and both kernels leave the whole arena, and what surrounds
  /// it, with equal bytes. Prints what is wrong.
  template <class Params>
  bool Check(const Params& params, bool (*verify)(const Params&, const nn::Bounds&),
             void (*tuned)(const Params&, nn::Memory),
             void (*reference)(const Params&, nn::Memory)) {
    const auto* words = reinterpret_cast<const std::uint32_t*>(&params);
    if (!verify(params, nn::Bounds(constant_bytes_, arena_bytes_)))
      return Refused(words, sizeof params / 4);
    tuned(params, Prepare(0));
    reference(params, Prepare(1));
    return Compare(words, sizeof params / 4);
  }

 private:
  static std::uint8_t* constants();
  static std::uint8_t* start_arena();
  nn::Memory Prepare(int side);
  bool Refused(const std::uint32_t* params, std::uint32_t words) const;
  bool Compare(const std::uint32_t* params, std::uint32_t words) const;

  std::uint32_t seed_;
  Random random_;
  std::uint32_t constant_bytes_ = 0;
  std::uint32_t arena_bytes_ = 0;
  nn::Ref scratch_ = 0;
  std::uint32_t scratch_bytes_ = 0;
};

/// Runs `check` with the seeds 1 to `cases`; stops at the first that is false. The image's exit
/// code.
std::int32_t Sweep(const char* name, std::uint32_t cases, bool (*check)(Case&));

}  // namespace tinyfog::board
