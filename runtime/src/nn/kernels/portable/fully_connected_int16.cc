#include "kernels/portable/fully_connected.h"

namespace tinyfog::nn {

void RunFullyConnectedInt16(const FullyConnectedParams& p, Memory memory) {
  portable::FullyConnected<portable::Int16>(p, memory);
}

}  // namespace tinyfog::nn
