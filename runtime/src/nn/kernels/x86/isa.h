#pragma once

#include "tinyfog/nn/operator_table.h"

/// The operators of each variant, each in a file that is compiled for it.
namespace tinyfog::nn::x86 {

OperatorTable EmulatedPairsOperators();
OperatorTable EmulatedQuadsOperators();
// Only on x86.
OperatorTable Avx2Operators();
OperatorTable AvxVnniOperators();
OperatorTable Avx512VnniOperators();

}  // namespace tinyfog::nn::x86
