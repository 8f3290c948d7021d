#pragma once

#include <string>
#include <vector>

#include "tinyfog/term/json_writer.h"
#include "tinyfog/term/table.h"
#include "tinyfog/v1/fleet.pb.h"

namespace tinyfog::ctl {

/// One object: everything that is known of the node.
void WriteNode(const v1::Node& node, term::JsonWriter& json);
/// For `node show`. `now`: seconds since the epoch.
std::string RenderNode(const v1::Node& node, std::int64_t now, const term::Style& style);
/// A line for each node.
std::string RenderNodes(const std::vector<v1::Node>& nodes, std::int64_t now,
                        const term::Style& style);
/// What the node has told of one artifact that it shall have: "want 40 %", "done",
/// "refused: wrong signature"; "offered" when nothing yet, empty when it is not to have it.
std::string UpdateText(const v1::Desired::Artifact& artifact, const v1::OtaReport& report);
/// The same of firmware and model, whichever is not done; firmware comes first, as on the node.
std::string UpdateText(const v1::Node& node);
/// One line for something that has changed.
std::string NodeLine(const v1::Node& node);

}  // namespace tinyfog::ctl
