#pragma once

#include <string>

#include "tinyfog/term/table.h"
#include "tinyfog/v1/gateway.pb.h"

namespace tinyfog::ctl {

/// "connected", "disconnected", ...; "unknown" for what this program does not know yet.
inline const char* BrokerStateText(v1::Broker::State state) {
  switch (state) {
    case v1::Broker::STATE_CONNECTING:
      return "connecting";
    case v1::Broker::STATE_CONNECTED:
      return "connected";
    case v1::Broker::STATE_DISCONNECTED:
      return "disconnected";
    case v1::Broker::STATE_DISABLED:
      return "disabled";
    default:
      return "unknown";
  }
}

/// A model's state, coloured by whether it serves.
inline term::Cell ModelStateCell(const std::string& state) {
  if (state == "READY") return {state, term::Tone::kGood};
  return {state, state == "UNAVAILABLE" ? term::Tone::kBad : term::Tone::kWarning};
}

}  // namespace tinyfog::ctl
