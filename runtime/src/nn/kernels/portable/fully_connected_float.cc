#include "kernels/portable/fully_connected.h"

namespace tinyfog::nn {

void RunFullyConnectedFloat(const FullyConnectedParams& p, Memory memory) {
  portable::FullyConnected<portable::Float>(p, memory);
}

}  // namespace tinyfog::nn
