#pragma once

#include <string>
#include <vector>

#include "tinyfog/base/result.h"

namespace tinyfog::board {

/// Flash files of many nodes in `folder`, sparse, made where they are missing: each is what the
/// flash `origin` was provisioned with, key and firmware, with "-1", "-2", ... behind the node's
/// name. Returns their paths; the error is a sentence for people.
Result<std::vector<std::string>, std::string> CopyFlash(const std::string& origin,
                                                        const std::string& folder, int count);

}  // namespace tinyfog::board
