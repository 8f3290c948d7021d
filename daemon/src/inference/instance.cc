#include "instance.h"

#include <bit>
#include <cstring>
#include <random>

namespace tinyfog::inference {
namespace {

constexpr std::uint32_t kSeed = 20;
constexpr std::uint32_t kProofRows = 2;

using Buffers = std::vector<std::vector<std::uint8_t>>;

std::vector<const std::uint8_t*> ConstPointers(const Buffers& buffers) {
  std::vector<const std::uint8_t*> pointers;
  for (const auto& buffer : buffers) pointers.push_back(buffer.data());
  return pointers;
}

std::vector<std::uint8_t*> Pointers(Buffers& buffers) {
  std::vector<std::uint8_t*> pointers;
  for (auto& buffer : buffers) pointers.push_back(buffer.data());
  return pointers;
}

/// Bytes that are harmless for every type: small floats, any integers.
Buffers SeededInputs(const std::vector<TensorSpec>& specs, std::uint32_t rows) {
  std::mt19937 random(kSeed);
  Buffers inputs;
  for (const auto& spec : specs) {
    std::vector<std::uint8_t> bytes(spec.ByteSize() * rows);
    if (spec.type == DataType::kFp32) {
      for (std::size_t i = 0; i + 4 <= bytes.size(); i += 4) {
        const float value = static_cast<float>(random() % 4001) / 1000.0f - 2.0f;
        std::memcpy(&bytes[i], &value, 4);
      }
    } else {
      for (auto& byte : bytes) byte = static_cast<std::uint8_t>(random());
    }
    inputs.push_back(std::move(bytes));
  }
  return inputs;
}

Buffers Zeros(const std::vector<TensorSpec>& specs, std::uint32_t rows) {
  Buffers buffers;
  for (const auto& spec : specs) buffers.emplace_back(spec.ByteSize() * rows);
  return buffers;
}

}  // namespace

Outcome<std::unique_ptr<Instance>> Instance::Create(const ModelFile& file, Engine& engine) {
  std::unique_ptr<Instance> instance(new Instance(file, engine));
  auto single = engine.Load(file.bytes, file.signature);
  if (!single.ok()) return std::move(single).error();
  instance->networks_[0] = std::move(*single);
  return instance;
}

Outcome<Network*> Instance::ForPower(std::size_t power) {
  if (!networks_[power]) {
    const std::uint32_t rows = 1u << power;
    auto bytes = BatchedModel(file_, rows);
    if (!bytes.ok()) return std::move(bytes).error();
    auto network = engine_.Load(*bytes, BatchedSignature(file_.signature, rows));
    if (!network.ok()) return std::move(network).error();
    networks_[power] = std::move(*network);
  }
  return networks_[power].get();
}

Outcome<void> Instance::Run(std::uint32_t rows, std::vector<const std::uint8_t*> inputs,
                            std::vector<std::uint8_t*> outputs) {
  while (rows > 0) {
    const auto power = static_cast<std::size_t>(std::bit_width(rows) - 1);
    const auto network = ForPower(power);
    if (!network.ok()) return network.error();
    TINYFOG_TRY((*network)->Run(inputs, outputs));
    const std::uint32_t done = 1u << power;
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      inputs[i] += done * file_.signature.inputs[i].ByteSize();
    }
    for (std::size_t i = 0; i < outputs.size(); ++i) {
      outputs[i] += done * file_.signature.outputs[i].ByteSize();
    }
    rows -= done;
  }
  return {};
}

Outcome<void> Instance::Warm(std::uint32_t rows) {
  const auto inputs = Zeros(file_.signature.inputs, rows);
  auto outputs = Zeros(file_.signature.outputs, rows);
  return Run(rows, ConstPointers(inputs), Pointers(outputs));
}

Outcome<Buffers> Instance::RunSeeded(bool batched) {
  const auto inputs = SeededInputs(file_.signature.inputs, kProofRows);
  auto outputs = Zeros(file_.signature.outputs, kProofRows);
  auto in = ConstPointers(inputs);
  auto out = Pointers(outputs);
  if (batched) {
    TINYFOG_TRY(Run(kProofRows, in, out));
    return outputs;
  }
  for (std::uint32_t row = 0; row < kProofRows; ++row) {
    TINYFOG_TRY(Run(1, in, out));
    for (std::size_t i = 0; i < in.size(); ++i) in[i] += file_.signature.inputs[i].ByteSize();
    for (std::size_t i = 0; i < out.size(); ++i) out[i] += file_.signature.outputs[i].ByteSize();
  }
  return outputs;
}

std::uint32_t Instance::ProveBatching(std::uint32_t max_batch, std::string& reason) {
  if (max_batch <= 1) return 1;
  if (!file_.may_batch) {
    reason = "the first dimension of an input or output is not 1";
    return 1;
  }
  const auto single = RunSeeded(false);
  const auto batched = RunSeeded(true);
  if (single.ok() && batched.ok() && *single == *batched) return max_batch;
  networks_[1].reset();
  reason = !single.ok()    ? single.error().message
           : !batched.ok() ? batched.error().message
                           : "a batch of two gives other bytes than two single inferences";
  return 1;
}

}  // namespace tinyfog::inference
