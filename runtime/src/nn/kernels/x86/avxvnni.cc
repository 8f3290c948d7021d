#include "kernels/x86/isa.h"
#include "kernels/x86/operators.h"
#include "kernels/x86/vector_avxvnni.h"

namespace tinyfog::nn::x86 {

OperatorTable AvxVnniOperators() { return kEntries<AvxVnni>; }

}  // namespace tinyfog::nn::x86
