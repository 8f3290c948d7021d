#include "batch_run.h"

#include <cstring>

namespace tinyfog::inference {
namespace {

using Clock = std::chrono::steady_clock;

void Copy(std::uint8_t* to, const std::uint8_t* from, std::size_t bytes) {
  if (bytes > 0) std::memcpy(to, from, bytes);
}

}  // namespace

std::vector<Tensor> BatchRun::EmptyOutputs(std::uint32_t rows) const {
  std::vector<Tensor> tensors(signature_.outputs.size());
  for (std::size_t i = 0; i < tensors.size(); ++i) {
    const auto& spec = signature_.outputs[i];
    tensors[i] = {spec.name, spec.type, spec.shape,
                  std::vector<std::uint8_t>(spec.ByteSize() * rows)};
    if (rows > 1) tensors[i].shape[0] = rows;
  }
  return tensors;
}

void BatchRun::Select(const Pending& pending, std::vector<Tensor>& outputs) {
  if (pending.outputs.empty()) return;
  std::vector<Tensor> selected;
  for (const auto index : pending.outputs) selected.push_back(std::move(outputs[index]));
  outputs = std::move(selected);
}

Outcome<void> BatchRun::RunOne(const Pending& pending, std::vector<Tensor>& answer,
                               BatchTimes& times) {
  times.rows += pending.rows;
  answer = EmptyOutputs(pending.rows);
  std::vector<const std::uint8_t*> in;
  std::vector<std::uint8_t*> out;
  for (const auto& input : pending.request.inputs) in.push_back(input.bytes.data());
  for (auto& output : answer) out.push_back(output.bytes.data());
  const auto start = Clock::now();
  TINYFOG_TRY(instance_.Run(pending.rows, std::move(in), std::move(out)));
  times.infer += Clock::now() - start;
  Select(pending, answer);
  return {};
}

void BatchRun::Gather(const std::vector<PendingPtr>& batch, std::uint32_t rows) {
  inputs_.resize(signature_.inputs.size());
  outputs_.resize(signature_.outputs.size());
  for (std::size_t i = 0; i < inputs_.size(); ++i) {
    inputs_[i].reserve(signature_.inputs[i].ByteSize() * rows + kReadableBehind);
    inputs_[i].resize(signature_.inputs[i].ByteSize() * rows);
    std::size_t offset = 0;
    for (const auto& pending : batch) {
      const auto& bytes = pending->request.inputs[i].bytes;
      Copy(inputs_[i].data() + offset, bytes.data(), bytes.size());
      offset += bytes.size();
    }
  }
  for (std::size_t i = 0; i < outputs_.size(); ++i) {
    outputs_[i].resize(signature_.outputs[i].ByteSize() * rows);
  }
}

void BatchRun::Scatter(const std::vector<PendingPtr>& batch,
                       std::vector<std::vector<Tensor>>& answers) {
  std::vector<std::size_t> offsets(outputs_.size(), 0);
  for (std::size_t r = 0; r < batch.size(); ++r) {
    answers[r] = EmptyOutputs(batch[r]->rows);
    for (std::size_t i = 0; i < outputs_.size(); ++i) {
      auto& bytes = answers[r][i].bytes;
      Copy(bytes.data(), outputs_[i].data() + offsets[i], bytes.size());
      offsets[i] += bytes.size();
    }
    Select(*batch[r], answers[r]);
  }
}

Outcome<BatchTimes> BatchRun::Run(const std::vector<PendingPtr>& batch,
                                  std::vector<std::vector<Tensor>>& answers) {
  answers.resize(batch.size());
  BatchTimes times;
  if (batch.size() == 1 || instance_.takes_rows_apart()) {
    for (std::size_t i = 0; i < batch.size(); ++i)
      TINYFOG_TRY(RunOne(*batch[i], answers[i], times));
    return times;
  }
  for (const auto& pending : batch) times.rows += pending->rows;
  const auto start = Clock::now();
  Gather(batch, times.rows);
  std::vector<const std::uint8_t*> in;
  std::vector<std::uint8_t*> out;
  for (const auto& buffer : inputs_) in.push_back(buffer.data());
  for (auto& buffer : outputs_) out.push_back(buffer.data());
  const auto gathered = Clock::now();
  TINYFOG_TRY(instance_.Run(times.rows, std::move(in), std::move(out)));
  const auto computed = Clock::now();
  Scatter(batch, answers);
  times.input = gathered - start;
  times.infer = computed - gathered;
  times.output = Clock::now() - computed;
  return times;
}

}  // namespace tinyfog::inference
