#include "tinyfog/compile/compile.h"

namespace tinyfog::compile {
namespace {

constexpr std::pair<std::string_view, nn::Target> kTargets[] = {
    {"portable", nn::Target::kPortable},        {"cortex-m4", nn::Target::kCortexMDsp},
    {"cortex-m7", nn::Target::kCortexMDsp},     {"cortex-m33", nn::Target::kCortexMDsp},
    {"cortex-m55", nn::Target::kCortexMHelium}, {"x86-avx2", nn::Target::kX86Pairs},
    {"x86-vnni", nn::Target::kX86Quads},
};

}  // namespace

std::optional<nn::Target> TargetNamed(std::string_view name) {
  for (const auto& [known, target] : kTargets) {
    if (known == name) return target;
  }
  return std::nullopt;
}

std::vector<std::string> TargetNames() {
  std::vector<std::string> names;
  for (const auto& [name, target] : kTargets) names.emplace_back(name);
  return names;
}

std::string_view TargetName(nn::Target target) {
  for (const auto& [name, known] : kTargets) {
    if (known == target) return name;
  }
  return "";
}

}  // namespace tinyfog::compile
