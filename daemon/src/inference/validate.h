#pragma once

#include "engine.h"
#include "request_queue.h"

namespace tinyfog::inference {

/// Checks every tensor of `pending.request` against the model: names, types, shapes and byte sizes;
/// 1..max_batch rows, the same in all inputs. Then puts the inputs into the model's order, gives
/// them the model's names, types and full shapes, and sets rows and outputs. Errors:
/// kInvalidArgument; the request's inputs are unspecified then.
Outcome<void> Validate(const Signature& signature, std::uint32_t max_batch, Pending& pending);

/// "[1,49,10,1]".
std::string ShapeText(const std::vector<std::int64_t>& shape);

}  // namespace tinyfog::inference
