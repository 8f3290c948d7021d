#pragma once

#include "kernels/x86/conv_float.h"
#include "kernels/x86/depthwise_float.h"
#include "kernels/x86/elementwise_float.h"
#include "kernels/x86/winograd_float.h"

namespace tinyfog::nn::x86 {

template <class R>
using ConvFloat =
    Operator<Opcode::kConvFloatX86, X86FloatConvParams, VerifyConvFloatX86, RunConvFloat<R>>;
template <class R>
using WinogradFloat = Operator<Opcode::kWinogradFloatX86, X86FloatWinogradParams,
                               VerifyWinogradFloatX86, RunWinogradFloat<R>>;
template <class R>
using DepthwiseFloat = Operator<Opcode::kDepthwiseFloatX86, X86FloatDepthwiseParams,
                                VerifyDepthwiseFloatX86, RunDepthwiseFloat<R>>;
template <class R>
using DenseFloat = Operator<Opcode::kFullyConnectedFloatX86, X86FloatDenseParams,
                            VerifyDenseFloatX86, RunDenseFloat<R>>;
// In place of the generic ones.
template <class R>
using BinaryFloat =
    Operator<Opcode::kBinaryFloat, BinaryParams, VerifyBinaryFloat, RunBinaryVectors<R>>;
template <class R>
using AveragePoolFloat =
    Operator<Opcode::kAveragePoolFloat, PoolParams, VerifyPoolFloat, RunAveragePoolVectors<R>>;

}  // namespace tinyfog::nn::x86
