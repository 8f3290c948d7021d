#include "kernels/stream_rows.h"

namespace tinyfog::nn {

void RunStreamDsp(const StreamDspParams& p, Memory memory) {
  RunStream<RunConvDsp, RunDepthwiseDsp>(p, memory);
}

}  // namespace tinyfog::nn
