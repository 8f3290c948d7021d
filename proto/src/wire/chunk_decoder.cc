#include "tinyfog/wire/model_package.h"

namespace tinyfog::wire {
namespace {

std::uint32_t LengthOf(Bytes table, std::uint32_t symbol) {
  const std::uint32_t pair = table[symbol / 2];
  return symbol % 2 == 0 ? pair >> 4 : pair & 15;
}

}  // namespace

void ChunkDecoder::Begin(Bytes codes, std::uint32_t decoded_bytes) {
  codes_ = codes;
  left_ = decoded_bytes;
  state_ = State::kEncoding;
  bits_ = 0;
  bit_count_ = 0;
  used_bits_ = 0;
}

// Codes of one length are consecutive numbers in the order of their symbols; the first one of each
// length follows the last one of the length before, with a zero appended.
bool ChunkDecoder::StartCode(std::uint8_t encoding) {
  if (encoding > codes_.size() / kCodeTableBytes) return false;
  const Bytes table = codes_.subspan((encoding - 1u) * kCodeTableBytes, kCodeTableBytes);
  short_.fill(0);
  std::uint32_t code = 0;   // next one of this length
  std::uint32_t index = 0;  // of its symbol
  for (std::uint32_t length = 1; length <= kLongest; ++length) {
    code <<= 1;
    start_[length] = static_cast<std::uint16_t>(index - code);
    if (length <= kShort) FillShort(table, code, length);
    for (std::uint32_t symbol = 0; symbol < symbols_.size(); ++symbol) {
      if (LengthOf(table, symbol) != length) continue;
      symbols_[index++] = static_cast<std::uint8_t>(symbol);
      ++code;
    }
    if (code > 1u << length) return false;
    limit_[length] = static_cast<std::uint16_t>(code << (kLongest - length));
  }
  return true;
}

void ChunkDecoder::FillShort(Bytes table, std::uint32_t first_code, std::uint32_t length) {
  const std::uint32_t each = 1u << (kShort - length);
  std::uint32_t at = first_code * each;
  for (std::uint32_t symbol = 0; symbol < symbols_.size(); ++symbol) {
    if (LengthOf(table, symbol) != length) continue;
    // Too many codes end at the end: StartCode refuses them.
    for (std::uint32_t i = 0; i < each && at < short_.size(); ++i) {
      short_[at++] = static_cast<std::uint16_t>(length << 8 | symbol);
    }
  }
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

ChunkDecoder::Progress ChunkDecoder::DecodeCoded(Bytes piece, std::span<std::uint8_t> out) {
  Progress progress{0, 0};
  while (left_ != 0 && progress.produced < out.size()) {
    const std::uint32_t loaded = Load(piece.subspan(progress.consumed));
    progress.consumed += loaded;
    if (TakeSymbol(out[progress.produced])) {
      ++progress.produced;
      --left_;
    } else if (state_ == State::kFailed || loaded == 0) {
      return progress;
    }
  }
  if (left_ == 0) {
    // The last byte is filled with zeros.
    if (bit_count_ >= 8 || bits_ != 0) state_ = State::kFailed;
    bit_count_ = 0;
  } else if (progress.produced != 0) {
    progress.consumed -= GiveBack();
  }
  return progress;
}

// Returns how many bytes of `piece` went into bits_.
std::uint32_t ChunkDecoder::Load(Bytes piece) {
  std::uint32_t loaded = 0;
  while (bit_count_ <= 24 && loaded < piece.size()) {
    const auto fresh = static_cast<std::uint8_t>(piece[loaded++] << used_bits_);
    bits_ |= std::uint32_t{fresh} << 24 >> bit_count_;
    bit_count_ = static_cast<std::uint8_t>(bit_count_ + 8 - used_bits_);
    used_bits_ = 0;
  }
  return loaded;
}

// False: more bits are needed, or no symbol has this code.
bool ChunkDecoder::TakeSymbol(std::uint8_t& symbol) {
  const std::uint32_t entry = short_[bits_ >> (32 - kShort)];
  std::uint32_t length = entry >> 8;
  symbol = static_cast<std::uint8_t>(entry);
  if (length == 0) {
    const std::uint32_t code = bits_ >> (32 - kLongest);
    length = kShort + 1;
    while (length <= kLongest && code >= limit_[length]) ++length;
    if (length > kLongest) {
      // The bits that are not there yet are zeros: others make the code only larger.
      state_ = State::kFailed;
      return false;
    }
    const std::uint32_t index = (code >> (kLongest - length)) + start_[length];
    symbol = symbols_[index & 0xFF];
  }
  if (length > bit_count_) return false;
  bits_ <<= length;
  bit_count_ = static_cast<std::uint8_t>(bit_count_ - length);
  return true;
}

// Bytes whose bits are not all used go back: whoever gives no more pieces after the last one would
// lose what is in them. Bits of an earlier piece cannot be there: they were less than one code.
std::uint32_t ChunkDecoder::GiveBack() {
  const std::uint32_t bytes = (bit_count_ + 7u) / 8;
  used_bits_ = static_cast<std::uint8_t>(bytes * 8 - bit_count_);
  bits_ = 0;
  bit_count_ = 0;
  return bytes;
}

Status ChunkDecoder::End() const {
  const bool done = left_ == 0 && (state_ == State::kRaw || state_ == State::kCoded);
  return done ? Status::kOk : Status::kInvalidArgument;
}

}  // namespace tinyfog::wire
