#pragma once

#include "engine.h"
#include "request_queue.h"
#include "tinyfog/events/event_bus.h"

namespace tinyfog::inference {

/// The event for one answered request. `outputs` are the model's; `labels` name the classes.
v1::Event InferenceEvent(const Request& request, const Response& response, SteadyTime arrived,
                         const std::vector<TensorSpec>& outputs,
                         const std::vector<std::string>& labels);

/// The event for a model that changed its state.
v1::Event ModelEvent(const std::string& model, std::int64_t version, ModelState state,
                     const std::string& reason);

/// "READY", "LOADING", "UNLOADING", "UNAVAILABLE".
const char* ModelStateName(ModelState state);

/// Index and real value of the largest element of `tensor`; nothing for types that cannot be
/// compared here or fewer than two elements.
std::optional<std::pair<std::uint32_t, float>> TopElement(const Tensor& tensor,
                                                          const TensorSpec& spec);

}  // namespace tinyfog::inference
