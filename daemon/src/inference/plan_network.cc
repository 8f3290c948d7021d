#include "plan_network.h"

#include <algorithm>

namespace tinyfog::inference {
namespace {

std::optional<DataType> TypeOf(nn::Type type) {
  switch (type) {
    case nn::Type::kInt8:
      return DataType::kInt8;
    case nn::Type::kUint8:
      return DataType::kUint8;
    case nn::Type::kInt16:
      return DataType::kInt16;
    case nn::Type::kInt32:
      return DataType::kInt32;
    case nn::Type::kInt64:
      return DataType::kInt64;
    case nn::Type::kFloat32:
      return DataType::kFp32;
    case nn::Type::kBool:
      return DataType::kBool;
  }
  return std::nullopt;
}

/// A plan trusts the sizes of its buffers, so both sides must agree on them.
Outcome<void> CheckPorts(const std::vector<plan::Port>& ports,
                         const std::vector<TensorSpec>& specs) {
  bool equal = ports.size() == specs.size();
  for (std::size_t i = 0; equal && i < ports.size(); ++i) {
    equal = TypeOf(ports[i].type) == specs[i].type && ports[i].bytes == specs[i].ByteSize();
  }
  if (!equal) return FailedPrecondition("CpuTiny sees other inputs or outputs than the file has");
  return {};
}

class PlanNetwork final : public Network {
 public:
  PlanNetwork(std::shared_ptr<const plan::Plan> plan, std::uint32_t threads)
      : threads_(threads), runner_(std::move(plan), {.threads = threads}) {}

  Outcome<void> Run(std::span<const std::uint8_t* const> inputs,
                    std::span<std::uint8_t* const> outputs, std::uint32_t rows) override {
    runner_.Run(inputs, outputs, rows, kReadableBehind);
    return {};
  }
  std::uint32_t max_rows() const override { return UINT32_MAX; }
  bool takes_rows_apart() const override { return true; }
  std::vector<LayerPlacement> Placement() const override {
    std::vector<LayerPlacement> placement;
    for (const compile::StepReport& step : runner_.plan().steps()) {
      const std::string index = step.source < 0 ? "" : ":" + std::to_string(step.source);
      placement.push_back({step.op + index, kCpuTiny, step.kernel, std::nullopt});
    }
    return placement;
  }
  std::vector<LayerPlacement> Profile() override;
  std::string Execution() const override;

 private:
  const std::uint32_t threads_;
  plan::Runner runner_;
};

// "input 'x'" for each port that is not direct.
std::string CopiedPorts(const plan::Plan& plan) {
  std::string text;
  const auto add = [&text](const char* what, const std::vector<plan::Port>& ports) {
    for (const plan::Port& port : ports) {
      if (!port.is_direct) text += (text.empty() ? "" : ", ") + (what + (" '" + port.name)) + "'";
    }
  };
  add("input", plan.inputs());
  add("output", plan.outputs());
  return text;
}

std::string PlanNetwork::Execution() const {
  const plan::Plan& plan = runner_.plan();
  std::string text = std::string("directly, ") + plan.kernels() + " kernels";
  if (const std::string copied = CopiedPorts(plan); !copied.empty()) text += ", copies " + copied;
  if (threads_ > 1) {
    text += ", " + std::to_string(threads_) + " threads in " +
            std::to_string(runner_.split_steps()) + " of " + std::to_string(plan.steps().size()) +
            " steps";
    if (runner_.split_steps() == 0) text += ": none is large enough";
  }
  return text;
}

std::vector<LayerPlacement> PlanNetwork::Profile() {
  constexpr int kRuns = 5;
  constexpr std::uint64_t kEnough = 50'000'000;
  const plan::Plan& plan = runner_.plan();
  std::vector<std::vector<std::uint8_t>> memory;
  std::vector<const std::uint8_t*> inputs;
  std::vector<std::uint8_t*> outputs;
  for (const plan::Port& port : plan.inputs()) {
    inputs.push_back(memory.emplace_back(port.bytes).data());
  }
  for (const plan::Port& port : plan.outputs()) {
    outputs.push_back(memory.emplace_back(port.bytes).data());
  }
  std::vector<std::uint64_t> times(plan.steps().size());
  std::uint64_t total = 0;
  for (int run = 0; run < kRuns && total < kEnough; ++run) {
    if (run == 1) std::fill(times.begin(), times.end(), 0);  // the first one is cold
    runner_.RunProfiled(inputs, outputs, times);
    total = 0;
    for (const std::uint64_t time : times) total += time;
  }
  auto placement = Placement();
  for (std::size_t i = 0; total > 0 && i < placement.size(); ++i) {
    placement[i].share = static_cast<double>(times[i]) / static_cast<double>(total);
  }
  return placement;
}

}  // namespace

Outcome<std::unique_ptr<Network>> MakePlanNetwork(std::shared_ptr<const plan::Plan> plan,
                                                  const Signature& signature,
                                                  std::uint32_t threads) {
  TINYFOG_TRY(CheckPorts(plan->inputs(), signature.inputs));
  TINYFOG_TRY(CheckPorts(plan->outputs(), signature.outputs));
  return std::unique_ptr<Network>(std::make_unique<PlanNetwork>(std::move(plan), threads));
}

}  // namespace tinyfog::inference
