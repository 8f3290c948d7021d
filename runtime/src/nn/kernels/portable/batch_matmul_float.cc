#include "kernels/portable/batch_matmul.h"

namespace tinyfog::nn {

void RunBatchMatmulFloat(const BatchMatmulParams& p, Memory memory) {
  portable::BatchMatmul<float, float>(p, memory);
}

}  // namespace tinyfog::nn
