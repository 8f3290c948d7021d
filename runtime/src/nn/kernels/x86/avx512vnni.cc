#include "kernels/x86/isa.h"
#include "kernels/x86/operators.h"
#include "kernels/x86/vector_avx512vnni.h"

namespace tinyfog::nn::x86 {

OperatorTable Avx512VnniOperators() { return kEntries<Avx512Vnni>; }

}  // namespace tinyfog::nn::x86
