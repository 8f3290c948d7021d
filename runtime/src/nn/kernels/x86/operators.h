#pragma once

#include "kernels/x86/conv.h"

namespace tinyfog::nn::x86 {

/// The opcodes whose constants are laid out for V.
template <class V>
inline constexpr bool kIsQuads = V::kStep == 4;

template <class V>
using Conv = Operator<kIsQuads<V> ? Opcode::kConvX86Quads : Opcode::kConvX86Pairs, X86ConvParams,
                      kIsQuads<V> ? VerifyConvX86Quads : VerifyConvX86Pairs, RunConv<V>>;

/// The operators of V.
template <class V>
inline constexpr OperatorEntry kEntries[] = {Conv<V>::kEntry};

}  // namespace tinyfog::nn::x86
