#include "runner.h"

#include <algorithm>
#include <cstring>
#include <stdexcept>

#include "tinyfog/demo/vibration.h"

namespace tinyfog::train {
namespace {

template <class T>
std::uint8_t Best(const std::vector<std::uint8_t>& bytes) {
  std::vector<T> row(bytes.size() / sizeof(T));
  std::memcpy(row.data(), bytes.data(), bytes.size());
  return static_cast<std::uint8_t>(std::max_element(row.begin(), row.end()) - row.begin());
}

template <class T>
std::vector<std::uint8_t> BytesOf(const T& values) {
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(values.data());
  return {bytes, bytes + values.size() * sizeof(values[0])};
}

}  // namespace

Runner::Runner(const std::vector<std::uint8_t>& file) {
  auto model = CpuRef::Load(file);
  if (!model.ok()) throw std::runtime_error(model.error().message);
  model_ = std::move(*model);
}

std::vector<std::uint8_t> Runner::Classify(const Dataset& data) {
  const CpuRef::Port& input = model_->inputs().at(0);
  std::vector<std::uint8_t> answers;
  for (std::size_t i = 0; i < data.size(); ++i) {
    demo::Window window;
    std::ranges::copy(data.sample(i), window.begin());
    const std::vector<std::uint8_t> bytes =
        input.is_float ? BytesOf(window)
                       : BytesOf(demo::Quantize(window, input.scale, input.zero_point));
    const auto outputs = model_->Run({bytes});
    if (!outputs.ok()) throw std::runtime_error(outputs.error().message);
    answers.push_back(input.is_float ? Best<float>((*outputs)[0])
                                     : Best<std::int8_t>((*outputs)[0]));
  }
  return answers;
}

}  // namespace tinyfog::train
