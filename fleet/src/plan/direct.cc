#include "direct.h"

#include <cstring>
#include <map>

namespace tinyfog::plan {
namespace {

// What the vectors of x86 read beyond their inputs, at most.
constexpr std::uint32_t kMostBehind = 15;

}  // namespace

DirectParams::DirectParams(const nn::Model& model, const compile::Compiled& compiled,
                           std::vector<Port>& inputs, std::vector<Port>& outputs)
    : model_(model), params_(model.step_count()), ports_(inputs.size() + outputs.size()) {
  // Refs to ports and to such an arena could not be told apart.
  if (!nn::kHasPorts || ports_.size() > nn::kMostPorts || model.arena_bytes() >= nn::kPortBit) {
    return;
  }
  for (std::size_t i = 0; i < ports_.size(); ++i) {
    const bool is_input = i < inputs.size();
    Port& port = is_input ? inputs[i] : outputs[i - inputs.size()];
    if (port.bytes == 0 || port.bytes + kMostBehind > nn::kMostPortBytes) continue;
    nn::PortBounds bounds{static_cast<std::uint32_t>(port.bytes), nn::SizeOf(port.type), !is_input};
    port.is_direct = Take(compiled.port_uses[i], i, bounds);
    if (port.is_direct || !is_input) continue;
    bounds.bytes += kMostBehind;
    port.is_direct = Take(compiled.port_uses[i], i, bounds);
    if (port.is_direct) port.reads_behind = kMostBehind;
  }
}

bool DirectParams::Take(const std::vector<compile::PortUse>& uses, std::size_t port,
                        const nn::PortBounds& bounds) {
  std::map<std::size_t, Words> changed;
  for (const compile::PortUse& use : uses) {
    if (use.offset >= bounds.bytes) return false;
    Words& params = changed[use.step];
    if (params.empty()) {
      const nn::StepRecord& record = model_.step(use.step);
      params = params_[use.step];
      params.resize((record.param_bytes + 3u) / 4);
      if (params_[use.step].empty()) std::memcpy(params.data(), &record + 1, record.param_bytes);
    }
    const nn::Ref ref = nn::PortRef(static_cast<std::uint32_t>(port), use.offset);
    std::memcpy(reinterpret_cast<std::uint8_t*>(params.data()) + use.position, &ref, sizeof(ref));
  }
  ports_[port] = bounds;
  const nn::Bounds all(model_.header().constant_bytes, model_.arena_bytes(), {ports_});
  for (const auto& [step, params] : changed) {
    if (model_.EntryOf(model_.step(static_cast<std::uint16_t>(step)).opcode)
            .verify(params.data(), all)) {
      continue;
    }
    ports_[port] = {};
    return false;
  }
  for (auto& [step, params] : changed) params_[step] = std::move(params);
  return !changed.empty();
}

}  // namespace tinyfog::plan
