#include "tinyfog/wire/model_package.h"

namespace tinyfog::wire {
namespace {

std::uint32_t LengthOf(Bytes table, std::uint32_t symbol) {
  const std::uint32_t pair = table[symbol / 2];
  return symbol % 2 == 0 ? pair >> 4 : pair & 15;
}

}  // namespace

void ChunkDecoder::BeginRaw(std::uint32_t bytes) {
  left_ = bytes;
  state_ = State::kRaw;
  used_bits_ = length_ = 0;
  code_ = 0;
}

void ChunkDecoder::Begin(Bytes codes, std::uint32_t decoded_bytes) {
  BeginRaw(decoded_bytes);
  codes_ = codes;
  state_ = State::kEncoding;
}

// Codes of one length are consecutive numbers in the order of their symbols; the first one of each
// length follows the last one of the length before, with a zero appended.
bool ChunkDecoder::StartCode(std::uint8_t encoding) {
  if (encoding > codes_.size() / kCodeTableBytes) return false;
  const Bytes table = codes_.subspan((encoding - 1u) * kCodeTableBytes, kCodeTableBytes);
  std::uint32_t code = 0;   // next one of this length
  std::uint32_t index = 0;  // of its symbol
  for (std::uint32_t length = 1; length <= kLongest; ++length) {
    code <<= 1;
    start_[length] = static_cast<std::uint16_t>(index - code);
    for (std::uint32_t symbol = 0; symbol < symbols_.size(); ++symbol) {
      if (LengthOf(table, symbol) != length) continue;
      symbols_[index++] = static_cast<std::uint8_t>(symbol);
      ++code;
    }
    if (code > 1u << length) return false;
    limit_[length] = static_cast<std::uint16_t>(code);
  }
  return true;
}

ChunkDecoder::Progress ChunkDecoder::Decode(Bytes piece, std::span<std::uint8_t> out) {
  std::uint32_t before = 0;
  if (state_ == State::kEncoding && !piece.empty()) {
    const std::uint8_t encoding = piece[0];
    state_ = encoding == 0 ? State::kRaw : StartCode(encoding) ? State::kCoded : State::kFailed;
    piece = piece.subspan(1);
    before = 1;
  }
  Progress progress{0, 0};
  if (state_ == State::kRaw) progress = DecodeRaw(piece, out);
  if (state_ == State::kCoded) progress = DecodeCoded(piece, out);
  // Nothing may follow, and nothing can be done about it after a failure.
  if (left_ == 0 && progress.consumed != piece.size()) state_ = State::kFailed;
  if (state_ == State::kFailed) progress.consumed = static_cast<std::uint32_t>(piece.size());
  progress.consumed += before;
  return progress;
}

ChunkDecoder::Progress ChunkDecoder::DecodeRaw(Bytes piece, std::span<std::uint8_t> out) {
  std::size_t bytes = left_;
  if (piece.size() < bytes) bytes = piece.size();
  if (out.size() < bytes) bytes = out.size();
  for (std::size_t i = 0; i < bytes; ++i) out[i] = piece[i];
  left_ -= static_cast<std::uint32_t>(bytes);
  return {static_cast<std::uint32_t>(bytes), static_cast<std::uint32_t>(bytes)};
}

// Bit by bit: a node has the time, and a faster way takes a table and more code.
ChunkDecoder::Progress ChunkDecoder::DecodeCoded(Bytes piece, std::span<std::uint8_t> out) {
  Progress progress{0, 0};
  while (left_ != 0 && progress.produced < out.size() && progress.consumed < piece.size()) {
    const unsigned bit = piece[progress.consumed] >> (7 - used_bits_) & 1u;
    used_bits_ = (used_bits_ + 1) % 8;
    if (used_bits_ == 0) ++progress.consumed;
    code_ = static_cast<std::uint16_t>(code_ << 1 | bit);
    if (code_ >= limit_[++length_]) {
      if (length_ < kLongest) continue;
      state_ = State::kFailed;
      return progress;
    }
    out[progress.produced++] = symbols_[(code_ + start_[length_]) & 0xFF];
    code_ = length_ = 0;
    --left_;
  }
  if (left_ == 0 && used_bits_ != 0) {
    // The last byte is filled with zeros.
    if ((piece[progress.consumed++] << used_bits_ & 0xFF) != 0) state_ = State::kFailed;
    used_bits_ = 0;
  }
  return progress;
}

Status ChunkDecoder::End() const {
  const bool done = left_ == 0 && (state_ == State::kRaw || state_ == State::kCoded);
  return done ? Status::kOk : Status::kInvalidArgument;
}

}  // namespace tinyfog::wire
