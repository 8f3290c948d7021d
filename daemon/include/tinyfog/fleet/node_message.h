#pragma once

#include <string>
#include <string_view>
#include <variant>

#include "tinyfog/host/error.h"
#include "tinyfog/v1/node.pb.h"

/// What nodes tell the gateway over MQTT (proto/README.md has topics and sizes).
namespace tinyfog::fleet {

struct NodeMessage {
  std::string node;
  std::variant<v1::NodeState, v1::OtaReport, v1::NodeTelemetry, v1::NodeResult> body;
};

/// Reads one message below "tinyfog/v1/<site>/". Untrusted input. Errors: kNotFound: a topic of
/// others; kInvalidArgument: node id, size or content.
Outcome<NodeMessage> ParseNodeMessage(std::string_view site, std::string_view topic,
                                      std::string_view payload);

}  // namespace tinyfog::fleet
