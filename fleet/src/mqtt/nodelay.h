#pragma once

namespace tinyfog::mqtt {

/// Sets TCP_NODELAY on every TCP socket of this process that is connected to the port of `uri`
/// ("mqtt://host:port"). Returns how many. The client library sets it on none and does not hand out
/// its socket; without it a QoS 1 answer behind an acknowledgement waits 40 ms for the broker's
/// delayed TCP acknowledgement, each way.
int SetNoDelay(const char* uri);

}  // namespace tinyfog::mqtt
