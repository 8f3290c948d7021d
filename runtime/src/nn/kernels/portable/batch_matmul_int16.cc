#include "kernels/portable/batch_matmul.h"

namespace tinyfog::nn {

void RunBatchMatmulInt16(const BatchMatmulParams& p, Memory memory) {
  portable::BatchMatmul<std::int16_t, std::uint64_t>(p, memory);
}

}  // namespace tinyfog::nn
