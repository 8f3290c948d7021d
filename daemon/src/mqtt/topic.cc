#include "tinyfog/mqtt_gateway/topic.h"

#include <algorithm>
#include <charconv>

namespace tinyfog::mqtt_gateway {
namespace {

constexpr std::string_view kRoot = "tinyfog/v1/";
constexpr std::size_t kMaxName = 64;
constexpr std::size_t kMaxResponseTopic = 256;
constexpr const char* kForm =
    "a request topic is tinyfog/v1/<site>/<node>/up/infer/<model>[@<version>][/json|/pb]";

bool IsName(std::string_view name, std::string_view also) {
  return !name.empty() && name.size() <= kMaxName &&
         std::all_of(name.begin(), name.end(), [also](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                  c == '_' || also.find(c) != std::string_view::npos;
         });
}

bool Consume(std::string_view& text, std::string_view prefix) {
  if (!text.starts_with(prefix)) return false;
  text.remove_prefix(prefix.size());
  return true;
}

std::string Root(std::string_view site) { return std::string(kRoot).append(site) + "/"; }

// Takes the node off the front of `topic`; the rest starts behind its '/'.
std::optional<std::string> ConsumeNode(std::string_view site, std::string_view& topic) {
  if (!Consume(topic, kRoot) || !Consume(topic, site) || !Consume(topic, "/")) return std::nullopt;
  const std::string_view node = topic.substr(0, topic.find('/'));
  // The levels that stand in a node's place for other things.
  if (!IsName(node, ".:-") || node == "gateway" || node == "art") return std::nullopt;
  if (node.size() == topic.size()) return std::nullopt;
  topic.remove_prefix(node.size() + 1);
  return std::string(node);
}

bool ParseVersion(std::string_view text, std::int64_t& version) {
  if (text.empty() || text.front() < '0' || text.front() > '9') return false;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), version);
  return parsed.ec == std::errc() && parsed.ptr == text.data() + text.size() && version > 0;
}

}  // namespace

bool IsSiteName(std::string_view name) { return IsName(name, ".-"); }

std::optional<std::string> NodeOf(std::string_view site, std::string_view topic) {
  return ConsumeNode(site, topic);
}

Outcome<RequestTopic> RequestTopic::Parse(std::string_view site, std::string_view topic) {
  RequestTopic parsed;
  auto node = ConsumeNode(site, topic);
  if (!node) return InvalidArgument(std::string("invalid node id: ") + kForm);
  parsed.node = *std::move(node);
  if (!Consume(topic, "up/infer/")) return InvalidArgument(kForm);
  parsed.tail = topic;
  if (const auto slash = topic.find('/'); slash != std::string_view::npos) {
    const std::string_view suffix = topic.substr(slash + 1);
    if (suffix == "json") {
      parsed.suffix = Encoding::kJson;
    } else if (suffix == "pb") {
      parsed.suffix = Encoding::kProtobuf;
    } else {
      return InvalidArgument(std::string("unknown suffix: ") + kForm);
    }
    topic = topic.substr(0, slash);
  }
  if (const auto at = topic.find('@'); at != std::string_view::npos) {
    if (!ParseVersion(topic.substr(at + 1), parsed.version)) {
      return InvalidArgument(std::string("a version is a number from 1: ") + kForm);
    }
    topic = topic.substr(0, at);
  }
  if (!IsName(topic, ".-") || topic.front() == '.') {
    return InvalidArgument(std::string("a model name is [A-Za-z0-9_.-]{1,64}, no leading dot: ") +
                           kForm);
  }
  parsed.model = topic;
  return parsed;
}

std::string AnswerTopic(std::string_view site, const RequestTopic& request) {
  return Root(site) + request.node + "/down/infer/" + request.tail;
}

std::string ErrorTopic(std::string_view site, std::string_view node) {
  return Root(site).append(node) + "/down/error";
}

std::string RequestFilter(std::string_view site, std::string_view group) {
  const std::string share = group.empty() ? "" : "$share/" + std::string(group) + "/";
  return share + Root(site) + "+/up/infer/#";
}

std::string StateTopic(std::string_view site, std::string_view client_id) {
  return Root(site) + "gateway/" + std::string(client_id) + "/state";
}

Outcome<void> CheckResponseTopic(std::string_view site, std::string_view node,
                                 std::string_view topic) {
  const bool printable = std::none_of(topic.begin(), topic.end(), [](unsigned char c) {
    return c < 0x20 || c == 0x7f || c == '+' || c == '#';
  });
  if (topic.empty() || topic.size() > kMaxResponseTopic || !printable || topic.front() == '$') {
    return InvalidArgument(
        "a response topic has 1..256 bytes, no wildcard or control character and no leading '$'");
  }
  const std::string own = Root(site).append(node) + "/down/";
  if (topic.starts_with("tinyfog/") && (!topic.starts_with(own) || topic.size() == own.size())) {
    return Error{Status::kPermissionDenied,
                 "a response topic below 'tinyfog/' must be below the node's own '" + own + "'"};
  }
  return {};
}

}  // namespace tinyfog::mqtt_gateway
