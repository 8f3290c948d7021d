#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>

namespace tinyfog::rpc {

using Sha256 = std::array<std::uint8_t, 32>;

/// SHA-256 of a sequence of pieces. One thread at a time.
class Sha256Stream {
 public:
  Sha256Stream();
  ~Sha256Stream();
  void Update(std::span<const std::uint8_t> bytes);
  Sha256 Finish();  ///< once

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace tinyfog::rpc
