#include "node_parts.h"

namespace tinyfog::board {

bool Behaves(const wire::ImageVersion&, Moment) { return true; }

}  // namespace tinyfog::board
