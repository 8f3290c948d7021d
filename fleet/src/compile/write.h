#pragma once

#include "plan.h"
#include "tinyfog/compile/compile.h"

namespace tinyfog::compile {

/// The .tfm file of a planned program, and the records of its tensors. Source:
/// docs/formats/tfm.md.
struct Written {
  std::vector<std::uint8_t> bytes;
  std::vector<int> tensor_records;
};
Written WriteTfm(const graph::Graph& graph, const Program& program, const Plan& plan,
                 const Options& options);

}  // namespace tinyfog::compile
