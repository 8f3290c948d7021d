#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "tinyfog/nn/format.h"
#include "tinyfog/nn/operator_table.h"

/// The x86 variants of the kernels. They are chosen at run time: one image holds all of them.
namespace tinyfog::nn {

/// What a variant is made of. The emulated ones are plain C++ and run on any machine, slowly: they
/// show that the form of the others computes the right bytes.
enum class X86Isa : std::uint8_t {
  kEmulatedPairs,  // as kAvx2
  kAvx2,           // products of 16-bit pairs
  kEmulatedQuads,  // as the two below
  kAvxVnni,        // products of 8-bit quads, 256 bits
  kAvx512Vnni,     // 512 bits
};

/// All of them that this build has, each behind those that are slower.
std::span<const X86Isa> AllX86Isas();

/// "avx2", "emulated-pairs", ...
const char* NameOf(X86Isa isa);
std::optional<X86Isa> X86IsaNamed(std::string_view name);

/// Whether processor and operating system have it.
bool IsSupported(X86Isa isa);

/// The fastest of this machine; nothing where only the emulated ones run.
std::optional<X86Isa> BestX86Isa();
/// The fastest of this machine that runs files of `target`; nothing if it is no x86 target.
std::optional<X86Isa> BestX86Isa(Target target);

/// Whose files it runs.
Target TargetOf(X86Isa isa);

/// The fast operators of the variant, then AllOperators(). Precondition: IsSupported(isa) before
/// one of them runs.
OperatorTable X86Operators(X86Isa isa);

/// Every operator that files of `target` may name: for x86 targets those of the best variant that
/// this machine runs (an emulated one at least), else AllOperators().
OperatorTable OperatorsOf(Target target);

}  // namespace tinyfog::nn
