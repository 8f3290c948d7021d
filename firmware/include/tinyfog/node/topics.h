#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "tinyfog/node/text.h"
#include "tinyfog/wire/firmware_image.h"

/// The node's topics, as proto/README.md has them.
namespace tinyfog::node {

inline constexpr std::size_t kNameBytes = 64;    ///< of a site, node or model
inline constexpr std::size_t kTopicBytes = 240;  ///< the longest one
using Topic = Text<kTopicBytes>;

class Topics {
 public:
  /// Whether the names are what the protocol allows; otherwise nothing else means anything.
  Topics(std::string_view site, std::string_view node);
  bool ok() const { return ok_; }

  /// `tail`, e.g. "up/telemetry", below the node's own root; `name` behind it where there is one.
  Topic Make(std::string_view tail, std::string_view name = {}) const;
  std::string_view state() const { return state_.view(); }  ///< up/state
  std::string_view down() const { return down_.view(); }    ///< filter of all that is for the node
  /// What is behind the node's root; empty for topics elsewhere.
  std::string_view TailOf(std::string_view topic) const;

  /// art/<digest>/+, kept in one of two places: `which` is 0 or 1.
  std::string_view FollowArtifact(int which, const wire::Sha256& digest);
  std::string_view artifact(int which) const { return artifacts_[which].view(); }
  struct Chunk {
    wire::Sha256 digest;
    std::uint32_t index;
  };
  /// Nothing when the topic is not that of a chunk.
  std::optional<Chunk> ChunkOf(std::string_view topic) const;

 private:
  std::string_view site_;
  Text<152> state_;
  Text<152> down_;
  Text<152> artifacts_[2];
  std::size_t root_bytes_ = 0;
  bool ok_ = false;
};

}  // namespace tinyfog::node
