#include "kernels/portable/helium_loops.h"

namespace tinyfog::nn {

void RunFullyConnectedHelium(const HeliumFullyConnectedParams& p, Memory memory) {
  FullyConnect<PortableLoops>(p, memory);
}

}  // namespace tinyfog::nn
