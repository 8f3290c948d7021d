#include <algorithm>
#include <map>
#include <mutex>
#include <utility>

#include "content_digest.h"
#include "engine.h"
#include "plan_network.h"
#include "tinyfog/log/log.h"
#include "tinyfog/plan/plan.h"

namespace tinyfog::inference {
namespace {

using plan::Plan;

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
                                         const LoadOptions& options) override;
  EngineInfo Info() const override { return info_; }

 private:
  Outcome<std::unique_ptr<Network>> LoadPlan(const std::vector<std::uint8_t>& file,
                                             const Signature& signature, std::uint32_t threads);
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
                                                       const Signature& signature,
                                                       std::uint32_t threads) {
  auto plan = PlanOf(file);
  if (!plan.ok()) return FailedPrecondition("CpuTiny: " + plan.error().message);
  return MakePlanNetwork(std::move(*plan), signature, threads);
}

Outcome<std::unique_ptr<Network>> TinyEngine::Load(const std::vector<std::uint8_t>& file,
                                                   const Signature& signature,
                                                   const LoadOptions& options) {
  const auto by_plan = [&] { return LoadPlan(file, signature, options.threads); };
  // Arm NN has CpuTiny too, for parts of models.
  const auto by_other = [&] { return other_->Load(file, signature, options); };
  const auto& backends = options.backends;
  const auto tiny = std::count(backends.begin(), backends.end(), kCpuTiny);
  if (tiny == 0) return by_other();
  if (static_cast<std::size_t>(tiny) == backends.size()) return by_plan();
  const bool preferred = backends.front() == kCpuTiny;
  auto first = preferred ? by_plan() : by_other();
  if (first.ok()) return first;
  auto second = preferred ? by_other() : by_plan();
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
