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
  if (chunk.is_encoded) {
    decoder_.Begin(chunk.codes, chunk.bytes);
  } else {
    decoder_.BeginRaw(chunk.bytes);
  }
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

void ChunkWriter::Write(wire::Bytes piece) {
  if (!is_open_) return;
  // More than was announced is not the chunk; it must not run into the next one's units.
  if (piece.size() > chunk_.message_bytes - came_) {
    status_ = status_ == Status::kOk ? Status::kInvalidArgument : status_;
    return;
  }
  came_ += static_cast<std::uint32_t>(piece.size());
  while (status_ == Status::kOk && !piece.empty()) {
    const auto [consumed, produced] =
        decoder_.Decode(piece, std::span(buffer_).subspan(buffered_));
    piece = piece.subspan(consumed);
    buffered_ += produced;
    if (buffered_ == buffer_.size()) Flush(buffered_);
  }
}

Status ChunkWriter::End() {
  if (!is_open_) return Status::kFailedPrecondition;
  is_open_ = false;
  if (status_ != Status::kOk) return status_;
  if (came_ != chunk_.message_bytes) return Status::kInvalidArgument;
  if (const Status decoded = decoder_.End(); decoded != Status::kOk) return decoded;
  if (buffered_ == 0) return Status::kOk;
  const std::uint32_t unit = flash_.geometry().program;
  const std::uint32_t whole = (buffered_ + unit - 1) / unit * unit;
  std::fill(buffer_.begin() + buffered_, buffer_.begin() + whole, 0xFF);
  Flush(whole);
  return status_;
}

}  // namespace tinyfog::node
