#pragma once

#include <atomic>
#include <cstdint>
#include <memory>

namespace tinyfog::rpc {

/// A bounded number of places for calls that cost a thread each. Thread-safe.
class Places {
 public:
  explicit Places(std::uint32_t most)
      : taken_(std::make_shared<std::atomic<std::uint32_t>>(0)), most_(most) {}

  /// A place that is free again when the last copy of it is destroyed, which may be after `this`;
  /// null when all are taken.
  std::shared_ptr<void> Take() {
    auto taken = taken_;
    if (taken->fetch_add(1) >= most_) {
      taken->fetch_sub(1);
      return nullptr;
    }
    return {taken.get(), [taken](void*) { taken->fetch_sub(1); }};
  }

 private:
  std::shared_ptr<std::atomic<std::uint32_t>> taken_;
  const std::uint32_t most_;
};

}  // namespace tinyfog::rpc
