#include <chrono>
#include <cstring>

#include "parts.h"
#include "team.h"
#include "tinyfog/plan/plan.h"

namespace tinyfog::plan {
namespace {

std::unique_ptr<const Parts> PartsOf(const Plan& plan, const RunnerOptions& options) {
  if (options.threads < 2) return nullptr;
  auto parts = std::make_unique<const Parts>(plan, options);
  if (parts->split_steps() == 0) return nullptr;
  return parts;
}

bool AreAligned(const std::vector<Port>& ports, auto pointers) {
  for (std::size_t i = 0; i < ports.size(); ++i) {
    if (reinterpret_cast<std::uintptr_t>(pointers[i]) % nn::SizeOf(ports[i].type) != 0)
      return false;
  }
  return true;
}

}  // namespace

struct Runner::Caller {
  std::span<const std::uint8_t* const> inputs;
  std::span<std::uint8_t* const> outputs;
  std::size_t row;
  bool is_direct;  // kernels work on those ports that are direct
};

Runner::Runner(std::shared_ptr<const Plan> plan, const RunnerOptions& options)
    : plan_(std::move(plan)),
      parts_(PartsOf(*plan_, options)),
      arena_(parts_ ? parts_->arena_bytes() : plan_->arena_bytes()),
      memory_{plan_->model_.constants(), arena_.span().data()},
      team_(parts_ ? std::make_unique<Team>(options.threads - 1) : nullptr),
      ports_(plan_->inputs_.size() + plan_->outputs_.size()) {
  const nn::Model& model = plan_->model_;
  for (std::uint16_t i = 0; i < model.input_count(); ++i) {
    inputs_.push_back(mutable_tensor(model.input(i).tensor));
  }
  for (std::uint16_t i = 0; i < model.output_count(); ++i) {
    outputs_.push_back(tensor(model.output(i).tensor));
  }
  Reset();
}

Runner::~Runner() = default;

std::size_t Runner::split_steps() const { return parts_ ? parts_->split_steps() : 0; }

void Runner::Reset() {
  for (const nn::StateRecord& state : plan_->model_.states()) {
    std::memset(memory_.arena + state.offset, static_cast<int>(state.fill), state.bytes);
  }
}

void Runner::RunSteps(std::size_t first, std::size_t last) {
  for (std::size_t i = first; i < last; ++i) {
    const Step& step = plan_->steps_[i];
    step.run(step.params, memory_);
  }
}

void Runner::RunAll(bool direct) {
  nn::Memory memory = memory_;
  if (direct) memory.ports = {ports_.data()};
  if (!parts_) {
    for (const Step& step : direct ? plan_->direct_ : plan_->steps_) step.run(step.params, memory);
    return;
  }
  for (std::size_t i = 0; i < plan_->steps_.size(); ++i) {
    const std::span<const Step> parts = parts_->Of(i, direct);
    if (parts.size() == 1) {
      parts[0].run(parts[0].params, memory);
    } else {
      team_->Run(parts, memory);
    }
  }
}

void Runner::RunRow(const Caller& caller) {
  Reset();
  for (std::size_t i = 0; i < inputs_.size(); ++i) {
    const Port& port = plan_->inputs_[i];
    const std::uint8_t* from = caller.inputs[i] + caller.row * port.bytes;
    // Only read: DirectParams has seen to that.
    ports_[i] = const_cast<std::uint8_t*>(from);
    if (caller.is_direct && port.is_direct) continue;
    if (port.bytes > 0) std::memcpy(inputs_[i].data(), from, port.bytes);
  }
  for (std::size_t i = 0; i < outputs_.size(); ++i) {
    ports_[inputs_.size() + i] = caller.outputs[i] + caller.row * plan_->outputs_[i].bytes;
  }
  RunAll(caller.is_direct);
  for (std::size_t i = 0; i < outputs_.size(); ++i) {
    const Port& port = plan_->outputs_[i];
    if (caller.is_direct && port.is_direct) continue;
    if (port.bytes > 0) {
      std::memcpy(ports_[inputs_.size() + i], outputs_[i].data(), port.bytes);
    }
  }
}

void Runner::Run(std::span<const std::uint8_t* const> inputs,
                 std::span<std::uint8_t* const> outputs, std::size_t rows,
                 std::size_t readable_behind) {
  const bool are_aligned =
      AreAligned(plan_->inputs_, inputs) && AreAligned(plan_->outputs_, outputs);
  for (std::size_t row = 0; row < rows; ++row) {
    bool is_direct = are_aligned;
    for (const Port& port : plan_->inputs_) {
      // Behind a row are the next ones.
      is_direct = is_direct && port.reads_behind <= (rows - 1 - row) * port.bytes + readable_behind;
    }
    RunRow({inputs, outputs, row, is_direct});
  }
}

void Runner::RunProfiled(std::span<const std::uint8_t* const> inputs,
                         std::span<std::uint8_t* const> outputs,
                         std::span<std::uint64_t> nanoseconds) {
  using Clock = std::chrono::steady_clock;
  Reset();
  for (std::size_t i = 0; i < inputs_.size(); ++i) {
    if (!inputs_[i].empty()) std::memcpy(inputs_[i].data(), inputs[i], inputs_[i].size());
  }
  auto start = Clock::now();
  for (std::size_t i = 0; i < plan_->steps_.size(); ++i) {
    RunSteps(i, i + 1);
    const auto end = Clock::now();
    const auto took = std::chrono::duration_cast<std::chrono::nanoseconds>(end - start).count();
    nanoseconds[i] += static_cast<std::uint64_t>(took);
    start = end;
  }
  for (std::size_t i = 0; i < outputs_.size(); ++i) {
    if (!outputs_[i].empty()) std::memcpy(outputs[i], outputs_[i].data(), outputs_[i].size());
  }
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
