#include "kernels/portable/binary.h"

namespace tinyfog::nn {

void RunBinaryInt16(const BinaryParams& p, Memory memory) {
  (void)portable::CompareOrSelect<std::int16_t>(p, memory);
}

}  // namespace tinyfog::nn
