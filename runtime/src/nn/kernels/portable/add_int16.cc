#include "kernels/portable/add.h"

namespace tinyfog::nn {

void RunAddInt16(const QuantisedBinaryParams& p, Memory memory) {
  portable::Add<std::int16_t>(p, memory);
}

}  // namespace tinyfog::nn
