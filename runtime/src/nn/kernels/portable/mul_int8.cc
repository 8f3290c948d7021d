#include "kernels/portable/add.h"

namespace tinyfog::nn {

void RunMulInt8(const QuantisedBinaryParams& p, Memory memory) {
  portable::Mul<std::int8_t>(p, memory);
}

}  // namespace tinyfog::nn
