#include "kernels/portable/add.h"

namespace tinyfog::nn {

void RunSquaredDifferenceInt8(const QuantisedBinaryParams& p, Memory memory) {
  portable::SquaredDifference<std::int8_t>(p, memory);
}

}  // namespace tinyfog::nn
