#include "tinyfog/fleet/node_message.h"

#include <google/protobuf/stubs/logging.h>

#include <utility>

#include "tinyfog/mqtt_gateway/topic.h"

namespace tinyfog::fleet {
namespace {

constexpr std::size_t kState = 1024;
constexpr std::size_t kOta = 1024;
constexpr std::size_t kTelemetry = 128;
constexpr std::size_t kResult = 64;

template <class Body>
Outcome<NodeMessage> Read(std::string node, std::string_view payload, std::size_t most) {
  if (payload.size() > most) {
    return InvalidArgument("the payload has " + std::to_string(payload.size()) +
                           " bytes, at most " + std::to_string(most) + " are allowed");
  }
  // The library prints what does not parse, which strangers could fill the log with.
  static const auto quiet = google::protobuf::SetLogHandler(nullptr);
  static_cast<void>(quiet);
  Body body;
  if (!body.ParseFromArray(payload.data(), static_cast<int>(payload.size()))) {
    return InvalidArgument("the payload is not " + body.GetTypeName());
  }
  return NodeMessage{std::move(node), std::move(body)};
}

}  // namespace

Outcome<NodeMessage> ParseNodeMessage(std::string_view site, std::string_view topic,
                                      std::string_view payload) {
  auto node = mqtt_gateway::NodeOf(site, topic);
  if (!node) return InvalidArgument("invalid node id");
  const auto is = [&](std::string_view tail) {
    return topic.ends_with(tail) && topic.substr(0, topic.size() - tail.size()).ends_with(*node);
  };
  if (is("/up/state")) return Read<v1::NodeState>(*std::move(node), payload, kState);
  if (is("/up/ota")) return Read<v1::OtaReport>(*std::move(node), payload, kOta);
  if (is("/up/telemetry")) return Read<v1::NodeTelemetry>(*std::move(node), payload, kTelemetry);
  const std::string result = "/" + *node + "/up/result/";
  if (topic.find(result) != std::string_view::npos) {
    return Read<v1::NodeResult>(*std::move(node), payload, kResult);
  }
  return NotFound("no topic for nodes");
}

}  // namespace tinyfog::fleet
