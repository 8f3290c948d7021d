#pragma once

#include <cstdint>

#include "tinyfog/nn/memory.h"
#include "tinyfog/nn/opcode.h"

namespace tinyfog::plan {

/// One of `count` shares of a step's outputs, and the scratch of whoever makes it.
struct Share {
  std::uint32_t index = 0;
  std::uint32_t count = 1;
  nn::Ref scratch = 0;
};

/// How many shares a step can have, and the bytes of scratch that each needs.
struct Shares {
  std::uint32_t most = 1;  // 1: the step cannot be split
  std::uint32_t scratch_bytes = 0;
};
/// `params` are those of a step that has been verified.
Shares SharesOf(nn::Opcode opcode, const void* params);

/// Changes the parameters to those of a share: rows of a map, or channels where it has one pixel.
/// Shares do not depend on each other, for the fast convolutions of x86 never overwrite their
/// input. False: this share would be computed in another way, so that its bytes might differ.
/// Precondition: share.count <= SharesOf(opcode, params).most.
bool TakeShare(nn::Opcode opcode, void* params, const Share& share);

}  // namespace tinyfog::plan
