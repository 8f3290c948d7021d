#include "kernels/x86/isa.h"
#include "kernels/x86/operators.h"
#include "kernels/x86/vector_emulated.h"

namespace tinyfog::nn::x86 {

OperatorTable EmulatedPairsOperators() { return kPairsEntries<EmulatedPairs>; }
OperatorTable EmulatedQuadsOperators() { return kEntries<EmulatedQuads>; }

}  // namespace tinyfog::nn::x86
