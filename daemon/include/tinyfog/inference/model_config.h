#pragma once

#include <string>
#include <string_view>

#include "tinyfog/host/error.h"
#include "tinyfog/inference/server.h"

namespace tinyfog::inference {

/// Reads the text of a model's config.toml; `filename` is for messages only. Keys that are missing
/// keep their value in `defaults`. docs/model-config.md lists them. Errors: kInvalidArgument with
/// file, line and what would be right, for malformed TOML, unknown keys, wrong types and values
/// out of range.
Outcome<ModelOptions> ParseModelConfig(std::string_view text, const std::string& filename,
                                       const ModelOptions& defaults = {});

/// Whether `name` may be a model: [A-Za-z0-9_.-]{1,64}, not starting with a dot.
bool ValidModelName(std::string_view name);

}  // namespace tinyfog::inference
