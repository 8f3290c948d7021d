#include "kernels/portable/pool_window.h"

namespace tinyfog::nn {

void RunAveragePoolInt8(const PoolParams& p, Memory memory) {
  portable::AveragePool<std::int8_t>(p, memory);
}

void RunMaxPoolInt8(const PoolParams& p, Memory memory) {
  portable::MaxPool<std::int8_t>(p, memory);
}

}  // namespace tinyfog::nn
