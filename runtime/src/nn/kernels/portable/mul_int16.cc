#include "kernels/portable/add.h"

namespace tinyfog::nn {

void RunMulInt16(const QuantisedBinaryParams& p, Memory memory) {
  portable::Mul<std::int16_t>(p, memory);
}

}  // namespace tinyfog::nn
