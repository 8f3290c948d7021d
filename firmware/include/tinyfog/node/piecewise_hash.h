#pragma once

#include <optional>

#include "tinyfog/boot/trust.h"

namespace tinyfog::node {

/// SHA-256 of mapped flash, in pieces of some milliseconds of a Cortex-M4.
class PiecewiseHash {
 public:
  /// Instead of what was hashed before.
  void Start(wire::Bytes bytes);
  /// One piece. True: there is more.
  bool Step();
  /// Once, after all pieces: whether this is the hash.
  bool Is(const wire::Sha256& digest);

 private:
  std::optional<boot::Hasher> hasher_;
  wire::Bytes left_;
};

}  // namespace tinyfog::node
