#include "tinyfog/wire/model_package.h"

namespace tinyfog::wire {

void ChunkDecoder::BeginRaw(std::uint32_t bytes) {
  left_ = bytes;
  state_ = State::kRaw;
  used_bits_ = 0;
  walk_ = {};
}

void ChunkDecoder::Begin(Bytes codes, std::uint32_t decoded_bytes) {
  BeginRaw(decoded_bytes);
  codes_ = codes;
  state_ = State::kEncoding;
}

// False: too many codes of some length.
bool ChunkDecoder::StartCode(std::uint8_t encoding) {
  if (encoding > codes_.size() / kCodeTableBytes) return false;
  const Bytes table = codes_.subspan((encoding - 1u) * kCodeTableBytes, kCodeTableBytes);
  std::uint32_t code = 0;   // behind the last one of the length
  std::uint32_t index = 0;  // of its symbol
  for (std::uint32_t length = 1; length <= kLongest; ++length) {
    const std::uint32_t first = index;
    for (std::uint32_t symbol = 0; symbol < symbols_.size(); ++symbol) {
      const std::uint32_t pair = table[symbol / 2];
      if ((symbol % 2 == 0 ? pair >> 4 : pair & 15) != length) continue;
      symbols_[index++] = static_cast<std::uint8_t>(symbol);
    }
    count_[length] = static_cast<std::uint16_t>(index - first);
    code = code * 2 + index - first;
    if (code > 1u << length) return false;
  }
  return true;
}

// Goes on in `byte` until it is used up or `symbol` is complete: then true. Codes of one length are
// consecutive numbers in the order of their symbols; the first one of each length follows the last
// one of the length before, with a zero appended. So a code is found by passing over those of each
// length, bit for bit.
bool ChunkDecoder::TakeBits(std::uint8_t byte, std::uint8_t& symbol) {
  do {
    const std::uint32_t bit = byte >> (7 - used_bits_) & 1;
    used_bits_ = (used_bits_ + 1) % 8;
    const std::uint32_t rank = walk_.rank * 2 + bit;
    const std::uint32_t count = count_[++walk_.length];
    if (rank < count) {
      symbol = symbols_[walk_.index + rank];
      walk_ = {};
      return true;
    }
    walk_.rank = rank - count;
    walk_.index += count;
    if (walk_.length == kLongest) state_ = State::kFailed;
  } while (used_bits_ != 0 && state_ != State::kFailed);
  return false;
}

// A byte is consumed with its last bit: whoever gives no more pieces after the last one would lose
// what is in it.
ChunkDecoder::Progress ChunkDecoder::Decode(Bytes piece, std::span<std::uint8_t> out) {
  Progress progress{0, 0};
  if (state_ == State::kEncoding && !piece.empty()) {
    const std::uint8_t encoding = piece[progress.consumed++];
    state_ = encoding == 0 ? State::kRaw : StartCode(encoding) ? State::kCoded : State::kFailed;
  }
  while (state_ != State::kFailed && left_ != 0 && progress.consumed < piece.size() &&
         progress.produced < out.size()) {
    const std::uint8_t byte = piece[progress.consumed];
    std::uint8_t& symbol = out[progress.produced];
    if (state_ == State::kRaw) symbol = byte;
    if (state_ == State::kRaw || TakeBits(byte, symbol)) {
      ++progress.produced;
      --left_;
    }
    if (used_bits_ == 0) ++progress.consumed;
  }
  if (left_ == 0) {
    // The last byte is filled with zeros, and nothing follows it.
    if (used_bits_ != 0 && (piece[progress.consumed++] << used_bits_ & 0xFF) != 0)
      state_ = State::kFailed;
    used_bits_ = 0;
    if (progress.consumed != piece.size()) state_ = State::kFailed;
  }
  // Nothing can be done about a failure.
  if (state_ == State::kFailed) progress.consumed = static_cast<std::uint32_t>(piece.size());
  return progress;
}

Status ChunkDecoder::End() const {
  const bool done = left_ == 0 && (state_ == State::kRaw || state_ == State::kCoded);
  return done ? Status::kOk : Status::kInvalidArgument;
}

}  // namespace tinyfog::wire
