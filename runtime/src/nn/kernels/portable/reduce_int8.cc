#include "kernels/portable/reduce.h"

namespace tinyfog::nn {

void RunReduceInt8(const ReduceParams& p, Memory memory) {
  portable::ReduceInteger<std::int8_t>(p, memory);
}

}  // namespace tinyfog::nn
