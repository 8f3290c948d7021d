#pragma once

#include <array>
#include <cstdint>
#include <span>

namespace tinyfog::board {

/// The Ethernet controller LAN9118, by polling; its interrupt line tells that a frame waits.
/// Frames are without their checksum.
class Lan9118 {
 public:
  using Address = std::array<std::uint8_t, 6>;

  /// Resets and starts it. False when no such controller answers.
  bool Start();
  /// The MAC address, which on a board comes from its EEPROM.
  Address address() const;

  /// The size of the next frame, 0 when none has come. Frames with errors are passed over.
  std::uint32_t NextFrame();
  /// Takes the next words of that frame, which begins with two bytes of padding; at most the frame
  /// as a whole.
  void Take(std::span<std::uint32_t> words);
  /// Throws away what was not taken of it.
  void EndFrame();

  /// Whether a frame of so many bytes finds room.
  bool HasRoom(std::uint32_t frame_bytes) const;
  /// Sends a frame: `bytes` in all, then so many by Put, then Send.
  void Begin(std::uint32_t bytes);
  void Put(std::span<const std::uint8_t> piece);
  void Send();

 private:
  std::uint32_t frame_bytes_ = 0;  // of the received frame at the FIFO's head
  std::uint32_t frame_words_ = 0;  // of it and its checksum that were not taken yet
  std::uint32_t word_ = 0;         // bytes of Put that do not make a word yet
  std::uint32_t word_bytes_ = 0;
};

}  // namespace tinyfog::board
