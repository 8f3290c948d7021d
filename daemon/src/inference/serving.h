#pragma once

#include "engine.h"
#include "tinyfog/inference/server.h"

namespace tinyfog::inference {

/// Server::Create with an engine of the caller's choice; options.engine and options.backends are
/// not looked at. Errors: kNotFound (repository).
Outcome<std::unique_ptr<Server>> CreateServer(ServerOptions options, std::shared_ptr<Engine> engine,
                                              metrics::Registry& metrics, events::EventBus& events);

}  // namespace tinyfog::inference
