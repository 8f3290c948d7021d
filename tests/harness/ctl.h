#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "gateway.h"
#include "process.h"

namespace tinyfog::testing {

/// The command line of tinyfogctl on a gateway.
std::vector<std::string> CtlCommand(const Gateway& gateway,
                                    const std::vector<std::string>& arguments);
/// Runs it to its end.
Finished RunCtl(const Gateway& gateway, const std::vector<std::string>& arguments,
                std::chrono::seconds bound = std::chrono::seconds(60));
/// One field of `node show` as JSON text, e.g. "desired.version"; "" when there is none.
std::string NodeField(const Gateway& gateway, const std::string& node, const std::string& path);

}  // namespace tinyfog::testing
