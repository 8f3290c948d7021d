#include "direct_armnn.h"

#include <cmath>
#include <cstring>
#include <stdexcept>

#include "tinyfog/host/file.h"

namespace tinyfog::testing {

DirectArmnn::DirectArmnn(const std::filesystem::path& model) {
  auto loaded = CpuRef::Load(ReadFile(model).value());
  if (!loaded.ok()) throw std::runtime_error(loaded.error().message);
  model_ = std::move(*loaded);
}

std::string DirectArmnn::Run(const std::string& input) {
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(input.data());
  const auto outputs = model_->Run({{bytes, input.size()}});
  if (!outputs.ok()) throw std::runtime_error(outputs.error().message);
  return {(*outputs)[0].begin(), (*outputs)[0].end()};
}

std::string DirectArmnn::Quantise(const std::vector<float>& values) const {
  const CpuRef::Port& port = model_->inputs()[0];
  std::string bytes;
  for (const float value : values) {
    const float stored = std::round(value / port.scale) + static_cast<float>(port.zero_point);
    bytes.push_back(static_cast<char>(std::fmin(127, std::fmax(-128, stored))));
  }
  return bytes;
}

std::vector<float> DirectArmnn::Dequantise(const std::string& bytes) const {
  const CpuRef::Port& port = model_->outputs()[0];
  std::vector<float> values;
  if (port.is_float) {
    values.resize(bytes.size() / sizeof(float));
    std::memcpy(values.data(), bytes.data(), bytes.size());
    return values;
  }
  for (const char c : bytes) {
    values.push_back(port.scale *
                     static_cast<float>(static_cast<signed char>(c) - port.zero_point));
  }
  return values;
}

}  // namespace tinyfog::testing
