#pragma once

#include <cstdint>
#include <string_view>

#include "tinyfog/node/text.h"
#include "tinyfog/wire/firmware_image.h"
#include "tinyfog/wire/names.h"

/// The node's topics, as proto/README.md has them.
namespace tinyfog::node {

inline constexpr std::size_t kFilterBytes = 152;  ///< the longest one of a chunk

class Topics {
 public:
  Topics(const Topics&) = delete;
  Topics& operator=(const Topics&) = delete;
  /// Whether the names are what the protocol allows; otherwise nothing else means anything.
  Topics(std::string_view site, std::string_view node);
  bool ok() const { return ok_; }

  /// Before all that is the node's own, e.g. "tinyfog/v1/s/n/".
  std::string_view root() const { return root_; }
  std::string_view state() const { return state_.view(); }  ///< up/state
  std::string_view down() const { return down_.view(); }    ///< filter of all that is for the node
  /// art/<digest>/+, kept in one of two places: `which` is 0 or 1.
  std::string_view FollowArtifact(int which, const wire::Sha256& digest);
  std::string_view artifact(int which) const { return artifacts_[which].view(); }
  /// The number of the chunk that the topic is of; kNoChunk when it is none of that artifact.
  static constexpr std::uint32_t kNoChunk = 0xFFFFFFFF;
  std::uint32_t ChunkOf(int which, std::string_view topic) const;

 private:
  bool ok_;
  std::string_view site_;
  std::string_view root_;  // the beginning of state_
  Text<kFilterBytes> state_;
  Text<kFilterBytes> down_;
  Text<kFilterBytes> artifacts_[2];
};

}  // namespace tinyfog::node
