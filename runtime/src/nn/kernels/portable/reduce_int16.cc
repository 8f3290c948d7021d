#include "kernels/portable/reduce.h"

namespace tinyfog::nn {

void RunReduceInt16(const ReduceParams& p, Memory memory) {
  portable::ReduceInteger<std::int16_t>(p, memory);
}

}  // namespace tinyfog::nn
