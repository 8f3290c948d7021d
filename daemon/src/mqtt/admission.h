#pragma once

#include <atomic>
#include <cstdint>

namespace tinyfog::mqtt_gateway {

/// Bounds what the gateway holds: requests being computed plus answers the broker has not taken.
/// `Decide` is called by one thread, Release by any.
class Admission {
 public:
  struct Limits {
    std::uint64_t messages = 0;  ///< requests and answers
    std::uint64_t bytes = 0;     ///< their payloads
    std::uint64_t refusals = 0;  ///< further places, for answers that say "exhausted"
  };
  enum class Verdict : std::uint8_t {
    kAdmit,   ///< holds a place until Release
    kRefuse,  ///< answer RESOURCE_EXHAUSTED
    kDrop     ///< not even that fits
  };

  explicit Admission(Limits limits) : limits_(limits) {}

  /// `unsent`, `unsent_bytes`: the session's answers that wait.
  Verdict Decide(std::uint64_t bytes, std::uint64_t unsent, std::uint64_t unsent_bytes) {
    const std::uint64_t held = held_.load(std::memory_order_relaxed) + unsent;
    if (held + 1 > limits_.messages + limits_.refusals) return Verdict::kDrop;
    const std::uint64_t held_bytes = held_bytes_.load(std::memory_order_relaxed) + unsent_bytes;
    if (held + 1 > limits_.messages || held_bytes + bytes > limits_.bytes) return Verdict::kRefuse;
    held_.fetch_add(1, std::memory_order_relaxed);
    held_bytes_.fetch_add(bytes, std::memory_order_relaxed);
    return Verdict::kAdmit;
  }
  void Release(std::uint64_t bytes) {
    held_.fetch_sub(1, std::memory_order_relaxed);
    held_bytes_.fetch_sub(bytes, std::memory_order_relaxed);
  }

  std::uint64_t held() const { return held_.load(std::memory_order_relaxed); }

 private:
  const Limits limits_;
  std::atomic<std::uint64_t> held_{0};
  std::atomic<std::uint64_t> held_bytes_{0};
};

}  // namespace tinyfog::mqtt_gateway
