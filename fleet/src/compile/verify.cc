#include "verify.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstring>

#include "tinyfog/compile/executable.h"
#include "tinyfog/cpuref/cpuref.h"

namespace tinyfog::compile {
namespace {

using Bytes = std::vector<std::uint8_t>;

class SeededBytes {
 public:
  explicit SeededBytes(std::uint32_t seed) : x_(seed) {}
  std::uint8_t Next() {
    x_ = x_ * 1664525 + 1013904223;
    return static_cast<std::uint8_t>(x_ >> 24);
  }

 private:
  std::uint32_t x_;
};

void Fill(std::span<std::uint8_t> bytes, bool is_float, SeededBytes& source) {
  if (!is_float) {
    std::ranges::generate(bytes, [&] { return source.Next(); });
    return;
  }
  for (std::size_t i = 0; i + sizeof(float) <= bytes.size(); i += sizeof(float)) {
    const float value = static_cast<float>(static_cast<std::int8_t>(source.Next())) / 32;
    std::memcpy(bytes.data() + i, &value, sizeof(value));
  }
}

template <class T>
std::vector<double> ValuesAs(std::span<const std::uint8_t> bytes) {
  std::vector<double> values;
  for (std::size_t i = 0; i + sizeof(T) <= bytes.size(); i += sizeof(T)) {
    T value;
    std::memcpy(&value, bytes.data() + i, sizeof(T));
    values.push_back(static_cast<double>(value));
  }
  return values;
}

std::vector<double> ValuesOf(std::span<const std::uint8_t> bytes, nn::Type type) {
  switch (type) {
    case nn::Type::kInt8:
      return ValuesAs<std::int8_t>(bytes);
    case nn::Type::kInt16:
      return ValuesAs<std::int16_t>(bytes);
    case nn::Type::kFloat32:
      return ValuesAs<float>(bytes);
    default:
      return ValuesAs<std::uint8_t>(bytes);
  }
}

void Add(std::span<const std::uint8_t> ours, std::span<const std::uint8_t> theirs, nn::Type type,
         OutputComparison& comparison) {
  const std::vector<double> a = ValuesOf(ours, type);
  const std::vector<double> b = ValuesOf(theirs, type);
  for (std::size_t i = 0; i < a.size(); ++i) {
    const double difference = std::abs(a[i] - b[i]);
    const double rounding =
        comparison.is_float ? 1e-5 * std::max({1.0, std::abs(a[i]), std::abs(b[i])}) : 0;
    comparison.different += !(difference <= rounding);
    comparison.largest = std::max(comparison.largest, difference);
  }
  comparison.values += a.size();
  const auto top = [](const std::vector<double>& v) {
    return std::max_element(v.begin(), v.end()) - v.begin();
  };
  comparison.same_top += top(a) == top(b);
}

bool IsComparable(nn::Type type) {
  return type == nn::Type::kInt8 || type == nn::Type::kUint8 || type == nn::Type::kInt16 ||
         type == nn::Type::kFloat32;
}

// Whether both see the same ports.
Outcome<void> CheckPorts(const nn::Model& model, const CpuRef& reference) {
  const auto check = [&model](const nn::Port& port, const CpuRef::Port& theirs) -> Outcome<void> {
    const nn::TensorInfo tensor = model.tensor(port.tensor);
    if (!IsComparable(tensor.type)) {
      return Error{Status::kUnimplemented, "--verify knows 8-bit, 16-bit and float32 ports only"};
    }
    if (tensor.bytes != theirs.bytes) return Internal("Arm NN sees another size of " + theirs.name);
    return {};
  };
  if (model.input_count() != reference.inputs().size() ||
      model.output_count() != reference.outputs().size()) {
    return Internal("Arm NN sees other inputs or outputs");
  }
  for (std::uint16_t i = 0; i < model.input_count(); ++i) {
    TINYFOG_TRY(check(model.input(i), reference.inputs()[i]));
  }
  for (std::uint16_t i = 0; i < model.output_count(); ++i) {
    TINYFOG_TRY(check(model.output(i), reference.outputs()[i]));
  }
  return {};
}

std::vector<Bytes> SeededInputs(const std::vector<CpuRef::Port>& ports, std::uint32_t seed) {
  SeededBytes source(seed);
  std::vector<Bytes> inputs;
  for (const CpuRef::Port& port : ports) {
    inputs.emplace_back(port.bytes);
    Fill(inputs.back(), port.is_float, source);
  }
  return inputs;
}

}  // namespace

Outcome<std::vector<OutputComparison>> CompareWithCpuRef(std::span<const std::uint8_t> tflite,
                                                         const Compiled& compiled,
                                                         nn::Target target, std::uint32_t count) {
  TINYFOG_TRY_ASSIGN(const auto reference, CpuRef::Load(tflite));
  TINYFOG_TRY_ASSIGN(const auto executable, Executable::Open(compiled.tfm, target));
  nn::Interpreter& interpreter = executable->interpreter();
  const nn::Model& model = interpreter.model();
  TINYFOG_TRY(CheckPorts(model, *reference));
  std::vector<OutputComparison> outputs;
  for (const CpuRef::Port& port : reference->outputs()) {
    outputs.push_back({.name = port.name, .is_float = port.is_float});
  }
  for (std::uint32_t seed = 1; seed <= count; ++seed) {
    const std::vector<Bytes> inputs = SeededInputs(reference->inputs(), seed);
    interpreter.Reset();
    for (std::uint16_t i = 0; i < model.input_count(); ++i) {
      std::ranges::copy(inputs[i], interpreter.input(i).begin());
    }
    interpreter.Run();
    TINYFOG_TRY_ASSIGN(const auto theirs, reference->Run({inputs.begin(), inputs.end()}));
    for (std::uint16_t i = 0; i < model.output_count(); ++i) {
      Add(interpreter.output(i), theirs[i], model.tensor(model.output(i).tensor).type, outputs[i]);
    }
  }
  return outputs;
}

std::string ComparisonText(const std::vector<OutputComparison>& outputs, std::uint32_t count) {
  std::string text = fmt::format("{} seeded inputs against Arm NN's CpuRef:\n", count);
  for (const OutputComparison& o : outputs) {
    const double share = 100.0 * static_cast<double>(o.different) / static_cast<double>(o.values);
    text += fmt::format("output '{}': {} of {} values differ ({:.2f} %), ", o.name, o.different,
                        o.values, share);
    text += o.is_float ? fmt::format("at most by {:.3g}", o.largest)
                       : fmt::format("at most by {:.0f} steps", o.largest);
    text += fmt::format("; the largest value is the same in {} of {}\n", o.same_top, count);
  }
  return text;
}

}  // namespace tinyfog::compile
