#include "artifact_files.h"

namespace tinyfog::fleet {

Outcome<std::string> ArtifactFiles::Chunk(const wire::Sha256& digest, std::uint32_t index,
                                          Time now) {
  auto it = files_.find(digest);
  if (it == files_.end()) {
    File file;
    file.artifact = store_.Get(digest);
    if (!file.artifact) return NotFound("the artifact is not in the store any more");
    TINYFOG_TRY_ASSIGN(file.bytes, store_.Read(digest));
    it = files_.emplace(digest, std::move(file)).first;
  }
  it->second.used = now;
  const auto& [artifact, bytes, used] = it->second;
  if (index >= artifact->chunks) return Error{Status::kOutOfRange, "there is no such chunk"};
  const auto chunk = artifact::ChunkOf(*artifact, *bytes, index);
  return std::string(chunk.begin(), chunk.end());
}

void ArtifactFiles::Forget(Time now) {
  std::erase_if(files_, [now](const auto& entry) {
    return now - entry.second.used > std::chrono::seconds(30);
  });
}

}  // namespace tinyfog::fleet
