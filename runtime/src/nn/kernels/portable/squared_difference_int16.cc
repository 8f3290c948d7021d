#include "kernels/portable/add.h"

namespace tinyfog::nn {

void RunSquaredDifferenceInt16(const QuantisedBinaryParams& p, Memory memory) {
  portable::SquaredDifference<std::int16_t>(p, memory);
}

}  // namespace tinyfog::nn
