#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "tinyfog/host/error.h"

namespace tinyfog::bench {

/// What a worker of the gateway does with a request that has reached it: runs the model on the
/// request's memory and makes an answer. Of CpuTiny; one thread at a time.
Outcome<std::function<void()>> ServedInference(const std::vector<std::uint8_t>& file);

}  // namespace tinyfog::bench
