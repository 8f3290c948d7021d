#pragma once

#include <cstdint>
#include <vector>

#include "tinyfog/compile/compile.h"
#include "tinyfog/nn/model.h"
#include "tinyfog/plan/plan.h"

namespace tinyfog::plan {

/// Parameters of steps in which Refs to inputs and outputs lead to the caller's memory: port i of
/// nn::Memory is input i, behind them come the outputs.
class DirectParams {
 public:
  /// Takes each port that it can and says so in `inputs` and `outputs`. A step takes part when it
  /// still verifies, so none writes to an input or reads more than Port::reads_behind beyond it.
  DirectParams(const nn::Model& model, const compile::Compiled& compiled, std::vector<Port>& inputs,
               std::vector<Port>& outputs);

  /// Those of a step; null: as they are in the model.
  const void* Of(std::size_t step) const {
    return params_[step].empty() ? nullptr : params_[step].data();
  }
  /// What steps may do with the ports, those that are not taken included.
  const std::vector<nn::PortBounds>& ports() const { return ports_; }

 private:
  using Words = std::vector<std::uint32_t>;  // parameters are aligned to four bytes
  bool Take(const std::vector<compile::PortUse>& uses, std::size_t port,
            const nn::PortBounds& bounds);

  const nn::Model& model_;
  std::vector<Words> params_;  // of each step
  std::vector<nn::PortBounds> ports_;
};

}  // namespace tinyfog::plan
