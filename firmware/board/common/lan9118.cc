#include "lan9118.h"

#include "board.h"

namespace tinyfog::board {
namespace {

// Source: SMSC LAN9118 data sheet, chapter 5.
enum : std::uint32_t {
  kReceiveData = 0x00,
  kTransmitData = 0x20,
  kReceiveStatus = 0x40,
  kTransmitStatus = 0x48,
  kInterruptConfiguration = 0x54,
  kInterruptStatus = 0x58,
  kInterruptEnable = 0x5C,
  kByteTest = 0x64,
  kFifoInterrupts = 0x68,
  kReceiveConfiguration = 0x6C,
  kTransmitConfiguration = 0x70,
  kHardwareConfiguration = 0x74,
  kReceiveFifo = 0x7C,
  kTransmitFifo = 0x80,
  kMacCommand = 0xA4,
  kMacData = 0xA8,
};
// Registers of the MAC.
enum : std::uint32_t { kMacControl = 1, kMacAddressHigh = 2, kMacAddressLow = 3 };

constexpr std::uint32_t kByteTestValue = 0x87654321;
constexpr std::uint32_t kReset = 1;
constexpr std::uint32_t kMustBeOne = 1u << 20;
constexpr std::uint32_t kTransmitFifoKiB = 5u << 16;
// Active high, push-pull, enabled.
constexpr std::uint32_t kInterruptLine = 0x111;
constexpr std::uint32_t kReceivedInterrupt = 1u << 3;
constexpr std::uint32_t kPadding = 2;
constexpr std::uint32_t kTransmitterOn = 2;
constexpr std::uint32_t kMacOn = 1u << 20 | 1u << 3 | 1u << 2;  // full duplex, both directions
constexpr std::uint32_t kMacBusy = 1u << 31;
constexpr std::uint32_t kMacRead = 1u << 30;
constexpr std::uint32_t kReceiveError = 1u << 15;
constexpr std::uint32_t kChecksumBytes = 4;
constexpr std::uint32_t kWholeFrame = 1u << 13 | 1u << 12;  // first and last piece
constexpr std::uint32_t kTransmitOverhead = 16;             // two command words, alignment

volatile std::uint32_t& Register(std::uint32_t offset) {
  return *reinterpret_cast<volatile std::uint32_t*>(kEthernet + offset);
}

void WaitForMac() {
  while ((Register(kMacCommand) & kMacBusy) != 0) {
  }
}

std::uint32_t ReadMac(std::uint32_t index) {
  WaitForMac();
  Register(kMacCommand) = kMacBusy | kMacRead | index;
  WaitForMac();
  return Register(kMacData);
}

void WriteMac(std::uint32_t index, std::uint32_t value) {
  WaitForMac();
  Register(kMacData) = value;
  Register(kMacCommand) = kMacBusy | index;
  WaitForMac();
}

}  // namespace

bool Lan9118::Start() {
  if (Register(kByteTest) != kByteTestValue) return false;
  Register(kHardwareConfiguration) = kReset;
  while ((Register(kHardwareConfiguration) & kReset) != 0) {
  }
  Register(kHardwareConfiguration) = kMustBeOne | kTransmitFifoKiB;
  Register(kInterruptEnable) = 0;
  Register(kInterruptStatus) = 0xFFFFFFFF;
  Register(kFifoInterrupts) = 0;  // with the first frame
  Register(kReceiveConfiguration) = kPadding << 8;
  Register(kTransmitConfiguration) = kTransmitterOn;
  WriteMac(kMacControl, kMacOn);
  Register(kInterruptConfiguration) = kInterruptLine;
  Register(kInterruptEnable) = kReceivedInterrupt;
  return true;
}

Lan9118::Address Lan9118::address() const {
  const std::uint32_t low = ReadMac(kMacAddressLow);
  const std::uint32_t high = ReadMac(kMacAddressHigh);
  return {static_cast<std::uint8_t>(low),       static_cast<std::uint8_t>(low >> 8),
          static_cast<std::uint8_t>(low >> 16), static_cast<std::uint8_t>(low >> 24),
          static_cast<std::uint8_t>(high),      static_cast<std::uint8_t>(high >> 8)};
}

std::uint32_t Lan9118::NextFrame() {
  while (frame_bytes_ == 0) {
    // The line falls when the status FIFO is empty; a frame that comes after this look raises it.
    Register(kInterruptStatus) = kReceivedInterrupt;
    if ((Register(kReceiveFifo) >> 16 & 0xFF) == 0) return 0;
    const std::uint32_t status = Register(kReceiveStatus);
    const std::uint32_t bytes = status >> 16 & 0x3FFF;
    frame_bytes_ = bytes > kChecksumBytes ? bytes - kChecksumBytes : 0;
    frame_words_ = (kPadding + frame_bytes_ + kChecksumBytes + 3) / 4;
    if ((status & kReceiveError) != 0) EndFrame();
  }
  return frame_bytes_;
}

void Lan9118::Take(std::span<std::uint32_t> words) {
  for (std::uint32_t& word : words) {
    word = Register(kReceiveData);
    --frame_words_;
  }
}

void Lan9118::EndFrame() {
  for (; frame_words_ > 0; --frame_words_) {
    [[maybe_unused]] const std::uint32_t word = Register(kReceiveData);
  }
  frame_bytes_ = 0;
}

bool Lan9118::HasRoom(std::uint32_t frame_bytes) const {
  return (Register(kTransmitFifo) & 0xFFFF) >= frame_bytes + kTransmitOverhead;
}

void Lan9118::Begin(std::uint32_t bytes) {
  while ((Register(kTransmitFifo) >> 16 & 0xFF) != 0) {
    [[maybe_unused]] const std::uint32_t status = Register(kTransmitStatus);
  }
  Register(kTransmitData) = kWholeFrame | bytes;
  Register(kTransmitData) = bytes;
}

void Lan9118::Put(std::span<const std::uint8_t> piece) {
  for (const std::uint8_t byte : piece) {
    word_ |= static_cast<std::uint32_t>(byte) << 8 * word_bytes_;
    if (++word_bytes_ < 4) continue;
    Register(kTransmitData) = word_;
    word_ = word_bytes_ = 0;
  }
}

void Lan9118::Send() {
  if (word_bytes_ > 0) Register(kTransmitData) = word_;
  word_ = word_bytes_ = 0;
}

}  // namespace tinyfog::board
