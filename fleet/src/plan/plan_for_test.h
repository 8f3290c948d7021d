#pragma once

#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "tinyfog/host/file.h"
#include "tinyfog/plan/plan.h"

namespace tinyfog::plan {

/// The generator of the golden inputs: x = x * 1664525 + 1013904223, byte = x >> 24.
class Random {
 public:
  explicit Random(std::uint32_t seed) : x_(seed) {}
  std::uint8_t Next() {
    x_ = x_ * 1664525u + 1013904223u;
    return static_cast<std::uint8_t>(x_ >> 24);
  }

 private:
  std::uint32_t x_;
};

/// The folder of shared reference data, or nothing when it is not there.
inline std::optional<std::string> SharedFolder() {
  const char* variable = std::getenv("TINYFOG_SHARED");
  const std::string folder =
      variable != nullptr ? variable : std::string(TINYFOG_SOURCE_DIR) + "/../shared";
  if (!std::filesystem::exists(folder)) return std::nullopt;
  return folder;
}

/// Empty when it cannot be read.
inline std::vector<std::uint8_t> ReadAll(const std::string& path) {
  auto bytes = ReadFile(path);
  return bytes.ok() ? std::move(*bytes) : std::vector<std::uint8_t>();
}

/// "portable" and what of the x86 kernels runs on this machine.
inline std::vector<std::string> KernelNames() {
  std::vector<std::string> names = {"portable"};
  for (const nn::X86Isa isa : nn::AllX86Isas()) {
    if (nn::IsSupported(isa)) names.emplace_back(nn::NameOf(isa));
  }
  return names;
}

/// What goes in and comes out of one or more inferences.
struct Buffers {
  std::vector<std::vector<std::uint8_t>> inputs, outputs;
  std::vector<const std::uint8_t*> in;
  std::vector<std::uint8_t*> out;

  Buffers(const Plan& plan, std::size_t rows, std::uint32_t seed) {
    Random random(seed);
    for (const Port& port : plan.inputs()) {
      inputs.emplace_back(port.bytes * rows);
      if (port.type == nn::Type::kFloat32) {
        for (std::size_t i = 0; i + 4 <= inputs.back().size(); i += 4) {
          const float value = static_cast<float>(random.Next()) / 64.0f - 2.0f;
          std::memcpy(&inputs.back()[i], &value, sizeof(value));
        }
      } else {
        for (auto& byte : inputs.back()) byte = random.Next();
      }
    }
    for (const Port& port : plan.outputs()) outputs.emplace_back(port.bytes * rows);
    for (const auto& bytes : inputs) in.push_back(bytes.data());
    for (auto& bytes : outputs) out.push_back(bytes.data());
  }
};

}  // namespace tinyfog::plan
