#include "kernels/stream_rows.h"

namespace tinyfog::nn {

void RunStreamInt8(const StreamInt8Params& p, Memory memory) {
  RunStream<RunConv2dInt8, RunDepthwiseInt8>(p, memory);
}

}  // namespace tinyfog::nn
