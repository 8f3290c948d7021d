#include "kernels/portable/fully_connected.h"

namespace tinyfog::nn {

void RunFullyConnectedInt4(const FullyConnectedParams& p, Memory memory) {
  portable::FullyConnected<portable::Int4>(p, memory);
}

}  // namespace tinyfog::nn
