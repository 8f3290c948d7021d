#include <chrono>
#include <cstring>

#include "tinyfog/plan/plan.h"

namespace tinyfog::plan {

Runner::Runner(std::shared_ptr<const Plan> plan)
    : plan_(std::move(plan)),
      arena_(plan_->arena_bytes()),
      memory_{plan_->model_.constants(), arena_.span().data()} {
  const nn::Model& model = plan_->model_;
  for (std::uint16_t i = 0; i < model.input_count(); ++i) {
    inputs_.push_back(mutable_tensor(model.input(i).tensor));
  }
  for (std::uint16_t i = 0; i < model.output_count(); ++i) {
    outputs_.push_back(tensor(model.output(i).tensor));
  }
  Reset();
}

void Runner::Reset() {
  for (const nn::StateRecord& state : plan_->model_.states()) {
    std::memset(memory_.arena + state.offset, static_cast<int>(state.fill), state.bytes);
  }
}

void Runner::Fetch(std::span<const std::uint8_t* const> inputs, std::size_t row) {
  for (std::size_t i = 0; i < inputs_.size(); ++i) {
    const std::span<std::uint8_t> to = inputs_[i];
    if (!to.empty()) std::memcpy(to.data(), inputs[i] + row * to.size(), to.size());
  }
}

void Runner::Store(std::span<std::uint8_t* const> outputs, std::size_t row) const {
  for (std::size_t i = 0; i < outputs_.size(); ++i) {
    const std::span<const std::uint8_t> from = outputs_[i];
    if (!from.empty()) std::memcpy(outputs[i] + row * from.size(), from.data(), from.size());
  }
}

void Runner::RunSteps(std::size_t first, std::size_t last) {
  for (std::size_t i = first; i < last; ++i) {
    const Plan::Step& step = plan_->steps_[i];
    step.run(step.params, memory_);
  }
}

void Runner::Run(std::span<const std::uint8_t* const> inputs,
                 std::span<std::uint8_t* const> outputs, std::size_t rows) {
  for (std::size_t row = 0; row < rows; ++row) {
    Reset();
    Fetch(inputs, row);
    RunSteps(0, plan_->steps_.size());
    Store(outputs, row);
  }
}

void Runner::RunProfiled(std::span<const std::uint8_t* const> inputs,
                         std::span<std::uint8_t* const> outputs,
                         std::span<std::uint64_t> nanoseconds) {
  using Clock = std::chrono::steady_clock;
  Reset();
  Fetch(inputs, 0);
  auto start = Clock::now();
  for (std::size_t i = 0; i < plan_->steps_.size(); ++i) {
    RunSteps(i, i + 1);
    const auto end = Clock::now();
    const auto took = std::chrono::duration_cast<std::chrono::nanoseconds>(end - start).count();
    nanoseconds[i] += static_cast<std::uint64_t>(took);
    start = end;
  }
  Store(outputs, 0);
}

std::span<const std::uint8_t> Runner::tensor(std::uint16_t index) const {
  const nn::TensorInfo info = plan_->model_.tensor(index);
  return {memory_.Read<std::uint8_t>(info.data), info.bytes};
}

std::span<std::uint8_t> Runner::mutable_tensor(std::uint16_t index) {
  const nn::TensorInfo info = plan_->model_.tensor(index);
  if ((info.data & nn::kConstantBit) != 0) return {};
  return {memory_.Write<std::uint8_t>(info.data), info.bytes};
}

}  // namespace tinyfog::plan
