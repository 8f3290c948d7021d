#include "tinyfog/node/piecewise_hash.h"

#include <algorithm>

namespace tinyfog::node {

void PiecewiseHash::Start(wire::Bytes bytes) {
  hasher_.emplace();
  left_ = bytes;
}

bool PiecewiseHash::Step() {
  constexpr std::size_t kPieceBytes = 1024;
  const wire::Bytes piece = left_.first(std::min(kPieceBytes, left_.size()));
  hasher_->Add(piece);
  left_ = left_.subspan(piece.size());
  return !left_.empty();
}

bool PiecewiseHash::Is(const wire::Sha256& digest) {
  const bool is_it = hasher_->Finish() == digest;
  hasher_.reset();
  return is_it;
}

}  // namespace tinyfog::node
