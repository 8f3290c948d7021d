#include "kernels/portable/pool_window.h"

namespace tinyfog::nn {

void RunAveragePoolInt16(const PoolParams& p, Memory memory) {
  portable::AveragePool<std::int16_t>(p, memory);
}

void RunMaxPoolInt16(const PoolParams& p, Memory memory) {
  portable::MaxPool<std::int16_t>(p, memory);
}

}  // namespace tinyfog::nn
