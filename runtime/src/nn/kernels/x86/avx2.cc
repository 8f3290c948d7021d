#include "kernels/x86/isa.h"
#include "kernels/x86/operators.h"
#include "kernels/x86/vector_avx2.h"

namespace tinyfog::nn::x86 {

OperatorTable Avx2Operators() { return kPairsEntries<Avx2>; }

}  // namespace tinyfog::nn::x86
