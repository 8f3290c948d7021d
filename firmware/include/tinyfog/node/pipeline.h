#pragma once

#include <cstdint>
#include <span>

#include "tinyfog/hal/sensor.h"
#include "tinyfog/node/features.h"
#include "tinyfog/node/quantise.h"

namespace tinyfog::node {

/// What a window of samples is made into.
struct PipelineConfig {
  /// Frames of the sensor in a window; with features, their rows instead.
  std::uint32_t window_rows = 0;
  /// Windows end when they are asked for and may overlap; else each begins when it is asked for,
  /// and the sensor is not read in between.
  bool is_continuous = false;
  /// Not null: the window consists of these, of the sensor's first channel.
  Features* features = nullptr;
};

/// Memory that bounds the pipeline: without features `samples` holds window_rows frames of the
/// sensor, with them one frame of theirs.
struct PipelineMemory {
  std::span<std::int16_t> samples;
  std::span<float> features;  ///< with features: window_rows rows
};

/// Cuts a sensor's samples into windows, makes features of them where asked to, and quantises them
/// into a model's input.
class Pipeline {
 public:
  Pipeline(const PipelineConfig& config, const PipelineMemory& memory, hal::Sensor& sensor);

  /// Whether the configuration fits its memory; otherwise there are never windows.
  bool is_sound() const { return is_sound_; }
  bool is_continuous() const { return config_.is_continuous; }
  /// Elements of a window.
  std::uint32_t elements() const { return config_.window_rows * row_; }

  /// Forgets what it has, and what the sensor holds: the window begins now.
  void Restart(std::uint64_t now_ms);
  /// Fetches what the sensor has. True: there is a window, of the newest samples.
  bool Collect(std::uint64_t now_ms);
  /// Writes the window into the front of `out`, and returns its bytes; none when there is no
  /// window, the type is not known, or `out` is too small.
  std::span<std::uint8_t> Take(const Quantisation& as, std::span<std::uint8_t> out) const;
  /// How long to wait before the next Collect: until the window is whole, but no longer than the
  /// sensor keeps what has come.
  std::uint32_t NextCollectMs() const;

 private:
  friend class Features;
  bool is_whole() const { return filled_ == config_.window_rows; }
  void Fetch(std::uint64_t now_ms);
  void Advance(std::uint32_t rows);
  float Value(std::uint32_t row, std::uint32_t column) const;

  PipelineConfig config_;
  PipelineMemory memory_;
  hal::Sensor& sensor_;
  hal::Sensor::Format format_;
  Features::Shape shape_{};    // of the features
  std::uint32_t row_ = 0;      // elements of a row
  std::uint32_t next_ = 0;     // row of the window that comes next: its rows are a ring
  std::uint32_t filled_ = 0;   // rows
  std::uint32_t partial_ = 0;  // frames for the next row of features
  bool is_sound_ = false;
};

}  // namespace tinyfog::node
