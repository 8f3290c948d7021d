#include "kernels/helium/mve_loops.h"

namespace tinyfog::nn {

void RunFullyConnectedHelium(const HeliumFullyConnectedParams& p, Memory memory) {
  FullyConnect<MveLoops>(p, memory);
}

}  // namespace tinyfog::nn
