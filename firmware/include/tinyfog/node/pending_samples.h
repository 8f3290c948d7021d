#pragma once

#include <array>
#include <cstdint>

namespace tinyfog::node {

/// Windows that went up to the gateway and wait for their answers.
class PendingSamples {
 public:
  static constexpr std::size_t kMost = 4;
  /// How long a window that is given up is remembered, so that its late answer is not taken for the
  /// next one's.
  static constexpr std::uint32_t kLateMs = 10000;

  struct Sample {
    std::uint64_t sequence;  ///< not 0
    std::uint32_t input_crc;
    std::uint32_t deadline;  ///< as deadline.h has times
    bool is_given_up;
  };

  /// Whether one more may go. Without correlation data an answer tells only by its turn which
  /// window it is for: then one at a time.
  bool HasRoom(bool correlates) const;
  void Add(const Sample& sample);

  /// The window of an answer with this sequence number, or with 0 of one without any. False when it
  /// is not known, or given up: then the answer comes too late.
  bool Take(std::uint64_t sequence, Sample& sample);
  /// A window whose time is over, once each. False: there is none.
  bool TakeExpired(std::uint32_t now, Sample& sample);
  /// Until TakeExpired has something to do; kForever when none waits.
  std::uint32_t WaitMs(std::uint32_t now) const;

 private:
  void Remove(std::size_t i);

  std::size_t count_ = 0;  // oldest first
  std::array<Sample, kMost> samples_;
};

}  // namespace tinyfog::node
