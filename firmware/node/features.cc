#include "tinyfog/node/features.h"

#include <algorithm>

#include "tinyfog/node/pipeline.h"

namespace tinyfog::node {

bool Features::Fit(const Pipeline& pipeline) const {
  const auto [frame, hop, row] = shape();
  const PipelineMemory& memory = pipeline.memory_;
  return hop >= 1 && hop <= frame && row >= 1 &&
         memory.samples.size() >= frame * pipeline.format_.channels &&
         memory.features.size() >= std::size_t{pipeline.config_.window_rows} * row;
}

// Its features are the next row, and its end begins the next frame.
void Features::AddRow(Pipeline& pipeline) {
  const auto [whole, hop, row] = shape();
  const std::uint32_t channels = pipeline.format_.channels;
  const std::span<std::int16_t> frame = pipeline.memory_.samples.first(whole * channels);
  Compute(frame, channels, pipeline.format_.unit,
          pipeline.memory_.features.subspan(pipeline.next_ * row, row));
  pipeline.Advance(1);
  pipeline.partial_ = whole - hop;
  std::copy(frame.end() - pipeline.partial_ * channels, frame.end(), frame.begin());
}

}  // namespace tinyfog::node
