#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace tinyfog::hal {

/// A source of samples, such as a microphone or an accelerometer. A frame is one sample of each
/// channel, taken at the same time. One thread.
class Sensor {
 public:
  struct Format {
    std::uint8_t channels;
    std::uint32_t frames_per_s;
    /// What nobody fetches beyond these is lost, oldest first. At most 2^22.
    std::uint32_t kept_frames;
    float unit;  ///< what one count is worth, in the unit that the model was trained with
  };
  virtual Format format() const = 0;
  /// Fills the front of `samples` with whole frames that have been taken up to `now_ms`, channels
  /// side by side, oldest first, and returns how many samples those are.
  virtual std::size_t Read(std::uint64_t now_ms, std::span<std::int16_t> samples) = 0;

 protected:
  ~Sensor() = default;
};

}  // namespace tinyfog::hal
