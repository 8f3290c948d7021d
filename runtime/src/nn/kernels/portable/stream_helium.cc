#include "kernels/stream_rows.h"

namespace tinyfog::nn {

void RunStreamHelium(const StreamHeliumParams& p, Memory memory) {
  RunStream<RunConvHelium, RunDepthwiseHelium>(p, memory);
}

}  // namespace tinyfog::nn
