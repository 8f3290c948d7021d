#include "parts.h"

#include <algorithm>
#include <cstring>

#include "direct.h"
#include "share_x86.h"

namespace tinyfog::plan {
namespace {

// Beginnings of scratch: those of threads share no cache line.
constexpr std::uint32_t kAlignment = 64;
std::uint32_t Aligned(std::uint32_t bytes) {
  return (bytes + kAlignment - 1) / kAlignment * kAlignment;
}

// Products of depthwise convolutions take longer.
std::uint64_t WorkOf(const compile::StepReport& step) {
  constexpr std::uint64_t kDepthwise = 4;
  const bool is_depthwise = step.kernel.find("depthwise") != std::string::npos;
  return step.macs * (is_depthwise ? kDepthwise : 1);
}

}  // namespace

Parts::Parts(const Plan& plan, const RunnerOptions& options) : arena_bytes_(plan.arena_bytes()) {
  for (std::size_t i = 0; i < plan.steps_.size(); ++i) {
    const auto opcode =
        static_cast<nn::Opcode>(plan.model().step(static_cast<std::uint16_t>(i)).opcode);
    const Shares shares = SharesOf(opcode, plan.steps_[i].params);
    const std::uint64_t worth =
        WorkOf(plan.steps()[i]) / std::max<std::uint64_t>(options.least_macs, 1);
    const std::uint64_t count = std::min<std::uint64_t>({shares.most, options.threads, worth});
    if (count < 2) {
      steps_.push_back({plan.steps_[i]});
      direct_.push_back({plan.direct_[i]});
      continue;
    }
    const auto parts = static_cast<std::uint32_t>(count);
    // Steps run one after another: the same place serves all of them.
    arena_bytes_ =
        std::max(arena_bytes_, Aligned(plan.arena_bytes()) + parts * Aligned(shares.scratch_bytes));
    steps_.push_back(Split(plan, i, plan.steps_[i].params, parts));
    direct_.push_back(Split(plan, i, plan.direct_[i].params, parts));
    if (steps_.back().size() > 1) ++split_steps_;
  }
}

std::vector<Step> Parts::Split(const Plan& plan, std::size_t step, const void* params,
                               std::uint32_t count) {
  const nn::StepRecord& record = plan.model().step(static_cast<std::uint16_t>(step));
  const auto opcode = static_cast<nn::Opcode>(record.opcode);
  const nn::Bounds bounds(plan.model().header().constant_bytes, arena_bytes_,
                          {plan.direct_params_->ports()});
  const Step whole{plan.steps_[step].run, params};
  const std::uint32_t scratch = Aligned(SharesOf(opcode, params).scratch_bytes);
  std::vector<Step> parts;
  for (std::uint32_t i = 0; i < count; ++i) {
    Words& words = params_.emplace_back((record.param_bytes + 3u) / 4);
    std::memcpy(words.data(), params, record.param_bytes);
    const Share share{i, count, Aligned(plan.arena_bytes()) + i * scratch};
    if (!TakeShare(opcode, words.data(), share) ||
        !plan.model().EntryOf(record.opcode).verify(words.data(), bounds)) {
      return {whole};
    }
    parts.push_back({whole.run, words.data()});
  }
  return parts;
}

}  // namespace tinyfog::plan
