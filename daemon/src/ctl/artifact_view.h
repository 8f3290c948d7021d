#pragma once

#include <string>

#include "tinyfog/term/json_writer.h"
#include "tinyfog/term/table.h"
#include "tinyfog/v1/artifacts.pb.h"

namespace tinyfog::ctl {

/// "model motor@7", "firmware mps2-an386@1.2.3".
std::string ArtifactName(const v1::ArtifactInfo& artifact);

std::string RenderArtifacts(const v1::ListArtifactsResponse& list, const term::Style& style);
std::string RenderArtifact(const v1::ArtifactInfo& artifact, const term::Style& style);
/// One object with every field.
void WriteArtifact(const v1::ArtifactInfo& artifact, term::JsonWriter& json);

}  // namespace tinyfog::ctl
