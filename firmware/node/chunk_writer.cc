#include "tinyfog/node/chunk_writer.h"

#include <algorithm>

namespace tinyfog::node {

Status ChunkWriter::Begin(const Chunk& chunk) {
  chunk_ = chunk;
  came_ = written_ = buffered_ = 0;
  status_ = Status::kOk;
  is_open_ = false;
  const std::uint32_t unit = flash_.geometry().erase;
  for (std::uint32_t at = 0; at < chunk.bytes; at += unit) {
    if (const Status erased = flash_.Erase(chunk.offset + at); erased != Status::kOk) return erased;
  }
  if (chunk.is_encoded) decoder_.Begin(chunk.codes, chunk.bytes);
  is_open_ = true;
  return Status::kOk;
}

void ChunkWriter::Flush(std::uint32_t bytes) {
  if (status_ == Status::kOk) {
    status_ = flash_.Program(chunk_.offset + written_, std::span(buffer_).first(bytes));
  }
  written_ += bytes;
  buffered_ = 0;
}

wire::ChunkDecoder::Progress ChunkWriter::Convert(wire::Bytes piece, std::span<std::uint8_t> out) {
  if (chunk_.is_encoded) return decoder_.Decode(piece, out);
  const auto count = static_cast<std::uint32_t>(std::min(piece.size(), out.size()));
  std::copy_n(piece.begin(), count, out.begin());
  return {count, count};
}

void ChunkWriter::Take(wire::Bytes piece) {
  bool was_full = false;
  // A full buffer may leave something in the decoder even behind the last byte.
  while (status_ == Status::kOk && (!piece.empty() || was_full)) {
    const std::span room = std::span(buffer_).subspan(buffered_);
    const wire::ChunkDecoder::Progress progress = Convert(piece, room);
    if (progress.consumed == 0 && progress.produced == 0) {
      status_ = piece.empty() ? Status::kOk : Status::kInvalidArgument;
      return;
    }
    piece = piece.subspan(progress.consumed);
    buffered_ += progress.produced;
    was_full = buffered_ == buffer_.size();
    if (was_full) Flush(buffered_);
  }
}

void ChunkWriter::Write(wire::Bytes piece) {
  if (!is_open_) return;
  // More than was announced is not the chunk; it must not run into the next one's units.
  if (piece.size() > chunk_.message_bytes - came_) {
    status_ = status_ == Status::kOk ? Status::kInvalidArgument : status_;
    return;
  }
  came_ += static_cast<std::uint32_t>(piece.size());
  Take(piece);
}

Status ChunkWriter::End() {
  if (!is_open_) return Status::kFailedPrecondition;
  is_open_ = false;
  if (status_ != Status::kOk) return status_;
  const bool is_decoded = !chunk_.is_encoded || decoder_.End() == Status::kOk;
  if (came_ != chunk_.message_bytes || !is_decoded || written_ + buffered_ != chunk_.bytes) {
    return Status::kInvalidArgument;
  }
  if (buffered_ == 0) return Status::kOk;
  const std::uint32_t unit = flash_.geometry().program;
  const std::uint32_t whole = (buffered_ + unit - 1) / unit * unit;
  std::fill(buffer_.begin() + buffered_, buffer_.begin() + whole, 0xFF);
  Flush(whole);
  return status_;
}

}  // namespace tinyfog::node
