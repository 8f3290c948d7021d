#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "tinyfog/host/error.h"

namespace tinyfog::mqtt_gateway {

/// How a request's payload and its answer are written.
enum class Encoding : std::uint8_t { kRaw, kJson, kProtobuf };

/// A checked request topic: tinyfog/v1/<site>/<node>/up/infer/<model>[@<version>][/json|/pb].
struct RequestTopic {
  std::string node;          ///< [A-Za-z0-9_.:-]{1,64}, not a reserved word
  std::string model;         ///< [A-Za-z0-9_.-]{1,64}, not starting with a dot
  std::int64_t version = 0;  ///< 0: the newest
  std::optional<Encoding> suffix;
  std::string tail;  ///< what stands after "up/infer/"

  /// Errors: kInvalidArgument, with what a topic must look like.
  static Outcome<RequestTopic> Parse(std::string_view site, std::string_view topic);
};

/// The node of any topic below "tinyfog/v1/<site>/", if it is a valid node id.
std::optional<std::string> NodeOf(std::string_view site, std::string_view topic);

/// "tinyfog/v1/<site>/<node>/down/infer/<tail>".
std::string AnswerTopic(std::string_view site, const RequestTopic& request);

/// "tinyfog/v1/<site>/<node>/down/error".
std::string ErrorTopic(std::string_view site, std::string_view node);

/// "tinyfog/v1/<site>/+/up/infer/#", behind "$share/<group>/" when `group` is not empty.
std::string RequestFilter(std::string_view site, std::string_view group);

/// "tinyfog/v1/<site>/gateway/<client id>/state".
std::string StateTopic(std::string_view site, std::string_view client_id);

/// Whether `node` may have its answers sent to `topic`: a publishable topic of at most 256 bytes
/// that does not start with '$' and is either outside "tinyfog/" or below the node's own "down/".
/// So no node can make the gateway write into another node's topics, or call itself. Errors:
/// kPermissionDenied, kInvalidArgument.
Outcome<void> CheckResponseTopic(std::string_view site, std::string_view node,
                                 std::string_view topic);

/// Whether `name` can be a site or a shared group: [A-Za-z0-9_.-]{1,64}.
bool IsSiteName(std::string_view name);

}  // namespace tinyfog::mqtt_gateway
