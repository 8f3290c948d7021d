#include "kernels/x86/isa.h"

#include "tinyfog/nn/all_operators.h"
#include "tinyfog/nn/x86.h"

#if defined(__x86_64__)
#include <cpuid.h>
#endif

namespace tinyfog::nn {
namespace {

struct Variant {
  X86Isa isa;
  const char* name;
  Target target;
  OperatorTable (*operators)();
};
constexpr Variant kVariants[] = {
    {X86Isa::kEmulatedPairs, "emulated-pairs", Target::kX86Pairs, x86::EmulatedPairsOperators},
    {X86Isa::kEmulatedQuads, "emulated-quads", Target::kX86Quads, x86::EmulatedQuadsOperators},
#if defined(__x86_64__)
    {X86Isa::kAvx2, "avx2", Target::kX86Pairs, x86::Avx2Operators},
    {X86Isa::kAvxVnni, "avxvnni", Target::kX86Quads, x86::AvxVnniOperators},
    {X86Isa::kAvx512Vnni, "avx512vnni", Target::kX86Quads, x86::Avx512VnniOperators},
#endif
};
constexpr std::size_t kVariantCount = sizeof(kVariants) / sizeof(kVariants[0]);

struct IsaList {
  X86Isa isas[kVariantCount];
};
constexpr IsaList kIsas = [] {
  IsaList list{};
  for (std::size_t i = 0; i < kVariantCount; ++i) list.isas[i] = kVariants[i].isa;
  return list;
}();

constexpr const Variant& VariantOf(X86Isa isa) {
  for (const Variant& variant : kVariants) {
    if (variant.isa == isa) return variant;
  }
  return kVariants[0];
}

constexpr bool IsEmulated(X86Isa isa) {
  return isa == X86Isa::kEmulatedPairs || isa == X86Isa::kEmulatedQuads;
}

#if defined(__x86_64__)
// Bits of leaf 7, subleaf 1, EAX. Source: Intel, Architecture Instruction Set Extensions.
constexpr unsigned kAvxVnniBit = 1u << 4;

bool HasAvxVnni() {
  unsigned a = 0, b = 0, c = 0, d = 0;
  return __get_cpuid_count(7, 1, &a, &b, &c, &d) != 0 && (a & kAvxVnniBit) != 0;
}
#endif

// Many operators, once per variant: the table of the variant in front of all others.
constexpr std::size_t kMostOperators = 256;
struct Table {
  OperatorEntry entries[kMostOperators];
  std::size_t count = 0;

  explicit Table(const Variant& variant) {
    for (const OperatorEntry& entry : variant.operators()) Append(entry);
    for (const OperatorEntry& entry : AllOperators()) Append(entry);
  }
  void Append(const OperatorEntry& entry) {
    if (count < kMostOperators) entries[count++] = entry;
  }
};

}  // namespace

std::span<const X86Isa> AllX86Isas() { return kIsas.isas; }

const char* NameOf(X86Isa isa) { return VariantOf(isa).name; }

std::optional<X86Isa> X86IsaNamed(std::string_view name) {
  for (const Variant& variant : kVariants) {
    if (name == variant.name) return variant.isa;
  }
  return std::nullopt;
}

bool IsSupported(X86Isa isa) {
  if (IsEmulated(isa)) return true;
#if defined(__x86_64__)
  // These look at what the operating system saves, too.
  const bool has_avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
  switch (isa) {
    case X86Isa::kAvx2:
      return has_avx2;
    case X86Isa::kAvxVnni:
      return has_avx2 && HasAvxVnni();
    default:
      return has_avx2 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
             __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq") &&
             __builtin_cpu_supports("avx512vnni");
  }
#else
  return false;
#endif
}

std::optional<X86Isa> BestX86Isa() {
  std::optional<X86Isa> best;
  for (const Variant& variant : kVariants) {
    if (!IsEmulated(variant.isa) && IsSupported(variant.isa)) best = variant.isa;
  }
  return best;
}

std::optional<X86Isa> BestX86Isa(Target target) {
  std::optional<X86Isa> best;
  for (const Variant& variant : kVariants) {
    if (variant.target == target && IsSupported(variant.isa)) best = variant.isa;
  }
  return best;
}

Target TargetOf(X86Isa isa) { return VariantOf(isa).target; }

OperatorTable X86Operators(X86Isa isa) {
  static const Table tables[] = {
    Table(VariantOf(X86Isa::kEmulatedPairs)),
    Table(VariantOf(X86Isa::kEmulatedQuads)),
#if defined(__x86_64__)
    Table(VariantOf(X86Isa::kAvx2)),
    Table(VariantOf(X86Isa::kAvxVnni)),
    Table(VariantOf(X86Isa::kAvx512Vnni)),
#endif
  };
  const auto place = static_cast<std::size_t>(&VariantOf(isa) - kVariants);
  return {tables[place].entries, tables[place].count};
}

OperatorTable OperatorsOf(Target target) {
  const std::optional<X86Isa> isa = BestX86Isa(target);
  return isa ? X86Operators(*isa) : AllOperators();
}

}  // namespace tinyfog::nn
