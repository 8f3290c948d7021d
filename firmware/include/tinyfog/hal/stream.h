#pragma once

#include <cstdint>
#include <span>

namespace tinyfog::hal {

/// A connection to one server, as bytes in order. Nothing here waits. One thread.
class Stream {
 public:
  enum class State : std::uint8_t {
    kClosed,  ///< also after a failure, once everything received has been read
    kOpening,
    kOpen,
  };

  /// Begins to connect; what was there before is gone.
  virtual void Open() = 0;
  /// What was written still leaves if the other side takes it; nothing is read any more.
  virtual void Close() = 0;
  virtual State state() = 0;
  /// Takes as many bytes from the front as there is room for, and returns how many.
  virtual std::size_t Write(std::span<const std::uint8_t> bytes) = 0;
  /// Fills the front of `bytes` with what has come, and returns how many bytes.
  virtual std::size_t Read(std::span<std::uint8_t> bytes) = 0;

 protected:
  ~Stream() = default;
};

}  // namespace tinyfog::hal
