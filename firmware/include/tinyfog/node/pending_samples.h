#pragma once

#include <array>
#include <cstdint>
#include <optional>

namespace tinyfog::node {

/// Windows that went up to the gateway and wait for their answers.
class PendingSamples {
 public:
  static constexpr std::size_t kMost = 4;
  /// How long a window that is given up is remembered, so that its late answer is not taken for the
  /// next one's.
  static constexpr std::uint32_t kLateMs = 10000;

  struct Sample {
    std::uint64_t sequence = 0;
    std::uint32_t input_crc = 0;
    std::uint64_t deadline_ms = 0;
    bool is_given_up = false;
  };

  /// Whether one more may go. Without correlation data an answer tells only by its turn which
  /// window it is for: then one at a time.
  bool HasRoom(bool correlates) const;
  void Add(const Sample& sample);

  /// The window of an answer with this sequence number, or of one without any. Nothing when it is
  /// not known, or given up: then the answer comes too late.
  std::optional<Sample> Take(std::optional<std::uint64_t> sequence);
  /// A window whose time is over, once each.
  std::optional<Sample> TakeExpired(std::uint64_t now_ms);
  /// The largest number when none waits.
  std::uint64_t NextDeadline() const;

 private:
  void Remove(std::size_t i);

  std::array<Sample, kMost> samples_{};
  std::size_t count_ = 0;  // oldest first
};

}  // namespace tinyfog::node
