#include "kernels/portable/fully_connected.h"

namespace tinyfog::nn {

void RunFullyConnectedInt8(const FullyConnectedParams& p, Memory memory) {
  portable::FullyConnected<portable::Int8>(p, memory);
}

}  // namespace tinyfog::nn
