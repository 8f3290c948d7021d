#pragma once

#include "kernels/x86/conv.h"
#include "kernels/x86/depthwise.h"
#include "kernels/x86/elementwise.h"
#include "kernels/x86/operators_float.h"
#include "kernels/x86/winograd.h"

namespace tinyfog::nn::x86 {

/// The opcodes whose constants are laid out for V.
template <class V>
inline constexpr bool kIsQuads = V::kStep == 4;

template <class V>
using Conv = Operator<kIsQuads<V> ? Opcode::kConvX86Quads : Opcode::kConvX86Pairs, X86ConvParams,
                      kIsQuads<V> ? VerifyConvX86Quads : VerifyConvX86Pairs, RunConv<V>>;

template <class V>
using Depthwise =
    Operator<kIsQuads<V> ? Opcode::kDepthwiseX86Quads : Opcode::kDepthwiseX86Pairs,
             X86DepthwiseParams, kIsQuads<V> ? VerifyDepthwiseX86Quads : VerifyDepthwiseX86Pairs,
             RunDepthwise<V>>;
template <class V>
using Add = Operator<Opcode::kAddX86, X86AddParams, VerifyAddX86, RunAdd<V>>;
// In place of the generic ones.
template <class V>
using AveragePool = Operator<Opcode::kAveragePoolInt8, PoolParams, VerifyPool8, RunAveragePool<V>>;
template <class V>
using MaxPool = Operator<Opcode::kMaxPoolInt8, PoolParams, VerifyPool8, RunMaxPool<V>>;

template <class V>
using WinogradConv =
    Operator<Opcode::kWinogradX86Pairs, X86WinogradParams, VerifyWinogradX86, RunWinograd<V>>;

/// The operators of V.
template <class V>
inline constexpr OperatorEntry kEntries[] = {Conv<V>::kEntry,
                                             Depthwise<V>::kEntry,
                                             Add<V>::kEntry,
                                             AveragePool<V>::kEntry,
                                             MaxPool<V>::kEntry,
                                             ConvFloat<typename V::Reals>::kEntry,
                                             WinogradFloat<typename V::Reals>::kEntry,
                                             DepthwiseFloat<typename V::Reals>::kEntry,
                                             DenseFloat<typename V::Reals>::kEntry,
                                             BinaryFloat<typename V::Reals>::kEntry,
                                             AveragePoolFloat<typename V::Reals>::kEntry};

/// Those and what only pairs have.
template <class V>
struct PairsOperators {
  static constexpr std::size_t kShared = sizeof(kEntries<V>) / sizeof(OperatorEntry);
  struct List {
    OperatorEntry entries[kShared + 1];
  };
  static constexpr List kList = [] {
    List list{};
    for (std::size_t i = 0; i < kShared; ++i) list.entries[i] = kEntries<V>[i];
    list.entries[kShared] = WinogradConv<V>::kEntry;
    return list;
  }();
};
template <class V>
inline constexpr const auto& kPairsEntries = PairsOperators<V>::kList.entries;

}  // namespace tinyfog::nn::x86
