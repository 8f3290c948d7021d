#include "kernels/portable/batch_matmul.h"

namespace tinyfog::nn {

void RunBatchMatmulInt8(const BatchMatmulParams& p, Memory memory) {
  portable::BatchMatmul<std::int8_t, std::uint32_t>(p, memory);
}

}  // namespace tinyfog::nn
