#include <algorithm>
#include <map>
#include <mutex>
#include <utility>

#include "content_digest.h"
#include "engine.h"
#include "tinyfog/log/log.h"
#include "tinyfog/plan/plan.h"

namespace tinyfog::inference {
namespace {

using plan::Plan;

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

/// Runs a plan without a detour, in memory of its own.
class PlanNetwork final : public Network {
 public:
  explicit PlanNetwork(std::shared_ptr<const Plan> plan) : runner_(std::move(plan)) {}

  Outcome<void> Run(std::span<const std::uint8_t* const> inputs,
                    std::span<std::uint8_t* const> outputs, std::uint32_t rows) override {
    runner_.Run(inputs, outputs, rows);
    return {};
  }
  std::uint32_t max_rows() const override { return UINT32_MAX; }
  std::vector<LayerPlacement> Placement() const override {
    std::vector<LayerPlacement> placement;
    for (const compile::StepReport& step : runner_.plan().steps()) {
      const std::string index = step.source < 0 ? "" : ":" + std::to_string(step.source);
      placement.push_back({step.op + index, kCpuTiny, step.kernel, std::nullopt});
    }
    return placement;
  }
  std::vector<LayerPlacement> Profile() override;
  std::string Execution() const override {
    return std::string("directly, ") + runner_.plan().kernels() + " kernels";
  }

 private:
  plan::Runner runner_;
};

std::vector<LayerPlacement> PlanNetwork::Profile() {
  constexpr int kRuns = 5;
  constexpr std::uint64_t kEnough = 50'000'000;
  const Plan& plan = runner_.plan();
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

/// Plans for the models that the compiler takes whole, and another engine for the rest.
class TinyEngine final : public Engine {
 public:
  /// `other` may be null: then there is only CpuTiny.
  TinyEngine(const std::vector<std::string>& backends, std::shared_ptr<Engine> other)
      : other_(std::move(other)), info_(other_ ? other_->Info() : EngineInfo{"none", {}}) {
    const std::vector<std::string> there = std::exchange(info_.backends, {});
    for (const std::string& backend : backends) {
      const bool is_there =
          backend == kCpuTiny || std::find(there.begin(), there.end(), backend) != there.end();
      if (is_there) info_.backends.push_back(backend);
    }
  }

  Outcome<std::unique_ptr<Network>> Load(const std::vector<std::uint8_t>& file,
                                         const Signature& signature,
                                         const std::vector<std::string>& backends) override;
  EngineInfo Info() const override { return info_; }

 private:
  Outcome<std::unique_ptr<Network>> LoadPlan(const std::vector<std::uint8_t>& file,
                                             const Signature& signature);
  Outcome<std::shared_ptr<const Plan>> PlanOf(const std::vector<std::uint8_t>& file);

  const std::shared_ptr<Engine> other_;  // shared: as CreateArmnnEngine gives it
  EngineInfo info_;
  std::mutex mutex_;
  // Those in use: instances, versions and reloads of equal files share theirs.
  std::map<ContentDigest, std::weak_ptr<const Plan>> plans_;
};

Outcome<std::shared_ptr<const Plan>> TinyEngine::PlanOf(const std::vector<std::uint8_t>& file) {
  const ContentDigest digest = DigestOf(file);
  const std::lock_guard lock(mutex_);
  std::erase_if(plans_, [](const auto& entry) { return entry.second.expired(); });
  if (const auto known = plans_.find(digest); known != plans_.end()) {
    if (auto plan = known->second.lock()) return plan;
  }
  TINYFOG_TRY_ASSIGN(auto plan, Plan::FromTflite(file));
  plans_[digest] = plan;
  return plan;
}

Outcome<std::unique_ptr<Network>> TinyEngine::LoadPlan(const std::vector<std::uint8_t>& file,
                                                       const Signature& signature) {
  auto plan = PlanOf(file);
  if (!plan.ok()) return FailedPrecondition("CpuTiny: " + plan.error().message);
  TINYFOG_TRY(CheckPorts((*plan)->inputs(), signature.inputs));
  TINYFOG_TRY(CheckPorts((*plan)->outputs(), signature.outputs));
  return std::unique_ptr<Network>(std::make_unique<PlanNetwork>(std::move(*plan)));
}

Outcome<std::unique_ptr<Network>> TinyEngine::Load(const std::vector<std::uint8_t>& file,
                                                   const Signature& signature,
                                                   const std::vector<std::string>& backends) {
  std::vector<std::string> others = backends;
  std::erase(others, kCpuTiny);
  if (others.size() == backends.size()) return other_->Load(file, signature, others);
  if (others.empty()) return LoadPlan(file, signature);
  // Arm NN has CpuTiny too, for parts of models.
  const bool preferred = backends.front() == kCpuTiny;
  auto first = preferred ? LoadPlan(file, signature) : other_->Load(file, signature, backends);
  if (first.ok()) return first;
  auto second = preferred ? other_->Load(file, signature, backends) : LoadPlan(file, signature);
  if (second.ok()) return second;
  return FailedPrecondition(first.error().message + "; " + second.error().message);
}

}  // namespace

Outcome<std::shared_ptr<Engine>> CreateEngine(const std::vector<std::string>& backends) {
  std::vector<std::string> others = backends;
  std::erase(others, kCpuTiny);
  if (others.size() == backends.size()) return CreateArmnnEngine(backends);
  std::shared_ptr<Engine> armnn;  // shared: as CreateArmnnEngine gives it
  if (!others.empty()) {
    auto created = CreateArmnnEngine(others);
    if (created.ok()) {
      armnn = std::move(*created);
    } else {
      log::Warning("models run on CpuTiny only", {{"reason", created.error().message}});
    }
  }
  return std::shared_ptr<Engine>(std::make_shared<TinyEngine>(backends, std::move(armnn)));
}

}  // namespace tinyfog::inference
