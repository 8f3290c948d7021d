#include "instance.h"

#include <bit>

#include "buffers.h"

namespace tinyfog::inference {
namespace {

constexpr std::uint32_t kProofRows = 2;

}  // namespace

Outcome<std::unique_ptr<Instance>> Instance::Create(const ModelFile& file, Engine& engine,
                                                    LoadOptions options,
                                                    std::unique_ptr<Network> network) {
  std::unique_ptr<Instance> instance(new Instance(file, engine, std::move(options)));
  if (!network) {
    TINYFOG_TRY_ASSIGN(network, engine.Load(file.bytes, file.signature, instance->options_));
  }
  instance->networks_[0] = std::move(network);
  return instance;
}

Outcome<Network*> Instance::ForPower(std::size_t power) {
  if (!networks_[power]) {
    const std::uint32_t rows = 1u << power;
    auto bytes = BatchedModel(file_, rows);
    if (!bytes.ok()) return std::move(bytes).error();
    auto network = engine_.Load(*bytes, BatchedSignature(file_.signature, rows), options_);
    if (!network.ok()) return std::move(network).error();
    networks_[power] = std::move(*network);
  }
  return networks_[power].get();
}

Outcome<void> Instance::Run(std::uint32_t rows, std::vector<const std::uint8_t*> inputs,
                            std::vector<std::uint8_t*> outputs) {
  if (rows <= networks_[0]->max_rows()) return networks_[0]->Run(inputs, outputs, rows);
  while (rows > 0) {
    const auto power = static_cast<std::size_t>(std::bit_width(rows) - 1);
    const auto network = ForPower(power);
    if (!network.ok()) return network.error();
    TINYFOG_TRY((*network)->Run(inputs, outputs, 1));
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
