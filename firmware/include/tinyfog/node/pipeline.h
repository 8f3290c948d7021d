#pragma once

#include <cstdint>
#include <span>

#include "tinyfog/hal/sensor.h"
#include "tinyfog/nn/model.h"
#include "tinyfog/node/log_mel.h"

namespace tinyfog::node {

/// What a window of samples is made into.
struct PipelineConfig {
  /// Frames of the sensor in a window; of features, rows of the spectrogram instead.
  std::uint32_t window_frames = 0;
  /// New ones between the beginnings of two windows. At most window_frames overlap, more skip.
  std::uint32_t hop_frames = 0;
  /// Not null: the window is a log-mel spectrogram of the sensor's first channel.
  const LogMelConfig* features = nullptr;
};

/// How numbers become a tensor's elements: round(value / scale) + zero_point, saturated.
struct Quantisation {
  nn::Type type = nn::Type::kInt8;  ///< kInt8, kUint8, kInt16 or kFloat32
  float scale = 1;                  ///< not used for kFloat32
  std::int32_t zero_point = 0;
};

/// Memory that bounds the pipeline.
struct PipelineMemory {
  /// window_frames times the sensor's channels; with features one frame of those.
  std::span<std::int16_t> samples;
  /// With features: window_frames rows, and what LogMel asks for behind them.
  std::span<float> features;
};

/// Cuts a sensor's samples into windows, makes features of them where asked to, and quantises them
/// into a model's input.
class Pipeline {
 public:
  Pipeline(const PipelineConfig& config, const PipelineMemory& memory, hal::Sensor& sensor);

  /// Whether the configuration fits its memory; otherwise there are never windows.
  bool is_sound() const { return sound_; }
  /// Fetches what the sensor has. True: a window is complete; Take is due before the next Collect.
  bool Collect(std::uint64_t now_ms);
  /// Writes the window into the front of `out`, and goes on to the next. Returns the bytes; none
  /// when there is no window, the type is another one, or `out` is too small: then it is dropped.
  std::span<const std::uint8_t> Take(const Quantisation& as, std::span<std::uint8_t> out);

  /// Elements of a window.
  std::uint32_t elements() const { return rows_ * row_; }

 private:
  bool CollectFeatures(std::uint64_t now_ms);
  bool CollectSamples(std::uint64_t now_ms);

  PipelineConfig config_;
  PipelineMemory memory_;
  hal::Sensor& sensor_;
  hal::Sensor::Format format_;
  std::uint32_t rows_ = 0;     // of the window
  std::uint32_t row_ = 0;      // elements of a row
  std::uint32_t filled_ = 0;   // rows
  std::uint32_t to_skip_ = 0;  // rows
  std::uint32_t partial_ = 0;  // samples of the row that is being fetched
  bool sound_ = false;
};

}  // namespace tinyfog::node
