#pragma once

#include <string>
#include <string_view>

#include "tinyfog/host/error.h"

namespace tinyfog::ctl {

/// A gateway's address as people write it, and as gRPC wants it.
struct Address {
  std::string text;    ///< "unix:/run/tinyfog/tinyfogd.sock", "gateway.local:8001"
  std::string target;  ///< the gRPC target
  bool unix_socket = false;
};

/// "unix:PATH", an absolute path, "host:port" or "[v6]:port". Errors: kInvalidArgument.
Outcome<Address> ParseAddress(std::string_view text);

/// `option` if not empty, else the environment's TINYFOG_SERVER, else the default unix socket: of
/// this user where it exists, otherwise the system's.
std::string ChooseServer(const std::string& option);

}  // namespace tinyfog::ctl
