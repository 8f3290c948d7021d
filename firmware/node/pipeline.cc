#include "tinyfog/node/pipeline.h"

#include <algorithm>

namespace tinyfog::node {

Pipeline::Pipeline(const PipelineConfig& config, const PipelineMemory& memory, hal::Sensor& sensor)
    : config_(config), memory_(memory), sensor_(sensor), format_(sensor.format()) {
  const std::size_t channels = format_.channels;
  if (channels == 0 || format_.frames_per_s == 0 || config_.window_rows == 0) return;
  if (config_.features == nullptr) {
    row_ = format_.channels;
    is_sound_ = memory_.samples.size() >= config_.window_rows * channels;
    return;
  }
  shape_ = config_.features->shape();
  row_ = shape_.row;
  is_sound_ = config_.features->Fit(*this);
}

void Pipeline::Restart(std::uint64_t now_ms) {
  next_ = filled_ = partial_ = 0;
  if (!is_sound_) return;
  while (sensor_.Read(now_ms, memory_.samples) > 0) {
  }
}

bool Pipeline::Collect(std::uint64_t now_ms) {
  if (!is_sound_) return false;
  if (config_.is_continuous || !is_whole()) Fetch(now_ms);
  return is_whole();
}

// Samples go to their place in the ring of rows, or, for features, into the frame that they wait
// in. A window that is not continuous ends when it is whole.
void Pipeline::Fetch(std::uint64_t now_ms) {
  const std::uint32_t channels = format_.channels;
  do {
    const std::uint32_t from = config_.features ? partial_ : next_;
    const std::uint32_t to = config_.features ? shape_.frame : config_.window_rows;
    const std::size_t got =
        sensor_.Read(now_ms, memory_.samples.subspan(from * channels, (to - from) * channels));
    const auto frames = static_cast<std::uint32_t>(got / channels);
    if (frames == 0) return;
    if (config_.features == nullptr) {
      Advance(frames);
    } else {
      partial_ += frames;
      if (partial_ == to) config_.features->AddRow(*this);
    }
  } while (config_.is_continuous || !is_whole());
}

// The ring has so many rows more: not beyond its end.
void Pipeline::Advance(std::uint32_t rows) {
  next_ += rows;
  if (next_ == config_.window_rows) next_ = 0;
  filled_ = std::min(filled_ + rows, config_.window_rows);
}

float Pipeline::Value(std::uint32_t row, std::uint32_t column) const {
  const std::uint32_t at = (next_ + row) % config_.window_rows * row_ + column;
  return config_.features ? memory_.features[at]
                          : static_cast<float>(memory_.samples[at]) * format_.unit;
}

std::span<std::uint8_t> Pipeline::Take(const Quantisation& as, std::span<std::uint8_t> out) const {
  if (!is_sound_ || !is_whole() || !IsQuantisable(as.type)) return {};
  const std::size_t bytes = std::size_t{elements()} * SizeOf(as.type);
  if (out.size() < bytes) return {};
  std::uint32_t index = 0;
  for (std::uint32_t row = 0; row < config_.window_rows; ++row) {
    for (std::uint32_t column = 0; column < row_; ++column) {
      Quantise(as, Value(row, column), out, index++);
    }
  }
  return out.first(bytes);
}

std::uint32_t Pipeline::NextCollectMs() const {
  const std::uint32_t rows = config_.window_rows - filled_;
  const std::uint32_t most = format_.kept_frames / 2;
  std::uint32_t frames = rows;
  if (config_.features != nullptr) frames = rows * shape_.hop + shape_.frame;
  if (rows == 0 || frames > most) frames = most;
  return frames * 1000 / format_.frames_per_s + 1;
}

}  // namespace tinyfog::node
