#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "nor_flash.h"

/// Cuts the power of a node at every flash operation of what it does, and again at every operation
/// of what it does then.
namespace tinyfog::node::testing {

/// What a node does between resets; its actions depend on the flash alone.
struct Life {
  /// Until it has settled; false when the power fails. `after_cut`: it starts because of one.
  std::function<bool(board::NorFlash&, bool after_cut)> live;
  /// With power, behind all cuts: what is wrong with what the flash holds, "" if nothing, and where
  /// the node comes to.
  std::function<std::string(board::NorFlash&)> settle;
};

struct Cuts {
  std::uint32_t seed = 1;    ///< of torn units
  std::uint32_t stride = 1;  ///< of second cuts: one of so many, in turn
  bool thrice = false;       ///< a third one at a place that the seed draws
};

/// The number of cuts; a failure is reported with seed and places.
std::uint64_t CutEverywhere(const board::NorFlash& start, const Life& life, const Cuts& cuts);

bool IsLong();
/// Random, or TINYFOG_SEED.
std::uint32_t DrawSeed();

}  // namespace tinyfog::node::testing
