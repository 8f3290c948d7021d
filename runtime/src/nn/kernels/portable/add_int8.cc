#include "kernels/portable/add.h"

namespace tinyfog::nn {

void RunAddInt8(const QuantisedBinaryParams& p, Memory memory) {
  portable::Add<std::int8_t>(p, memory);
}

}  // namespace tinyfog::nn
