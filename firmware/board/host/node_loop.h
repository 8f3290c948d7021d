#pragma once

#include <string>
#include <vector>

#include "host_node.h"
#include "supervisor.h"

namespace tinyfog::board {

/// Runs nodes in one thread until SIGINT or SIGTERM; then each says goodbye. At least every
/// `longest_sleep_ms` it looks up. With several nodes it prints now and then how many are how far.
/// The error, a sentence for people, is that of the first node that cannot go on.
Result<void, std::string> RunNodes(const std::vector<std::string>& flashes,
                                   const HostNodeOptions& options, const StartReason& why,
                                   int longest_sleep_ms);

}  // namespace tinyfog::board
