#pragma once

#include <array>
#include <cstdint>

#include "tinyfog/hal/flash.h"
#include "tinyfog/wire/model_package.h"

namespace tinyfog::node {

/// Writes one chunk, which comes in any pieces, to flash units of its own.
class ChunkWriter {
 public:
  struct Chunk {
    std::uint32_t offset;         ///< in the flash
    std::uint32_t message_bytes;  ///< that come
    std::uint32_t bytes;          ///< that they become: 1 to wire::kChunkBytes
    bool is_encoded;              ///< as chunks of models are
    wire::Bytes codes = {};       ///< for decoding; stay until the end
  };

  explicit ChunkWriter(hal::Flash& flash) : flash_(flash) {}

  /// Erases the units of the chunk. Errors: those of the flash.
  Status Begin(const Chunk& chunk);
  bool is_open() const { return is_open_; }
  /// After a failure the rest is passed over.
  void Write(wire::Bytes piece);
  /// Errors: kInvalidArgument when what came is not the chunk; those of the flash.
  Status End();
  void Abandon() { is_open_ = false; }

 private:
  void Flush(std::uint32_t bytes);

  hal::Flash& flash_;
  wire::ChunkDecoder decoder_;
  Chunk chunk_{};
  std::uint32_t came_ = 0;
  std::uint32_t written_ = 0;
  std::uint32_t buffered_ = 0;
  Status status_ = Status::kOk;
  bool is_open_ = false;
  std::array<std::uint8_t, 128> buffer_;
};

}  // namespace tinyfog::node
