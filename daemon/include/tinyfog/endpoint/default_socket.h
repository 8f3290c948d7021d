#pragma once

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <string>

namespace tinyfog::endpoint {

/// Where a system service listens.
inline constexpr const char* kSystemSocket = "/run/tinyfog/tinyfogd.sock";

/// The unix socket on which a tinyfogd started by this user listens when its configuration names
/// none: in systemd's RUNTIME_DIRECTORY, for root /run/tinyfog, for others in XDG_RUNTIME_DIR or a
/// folder of their own under /tmp.
inline std::filesystem::path DefaultSocket() {
  const auto environment = [](const char* name) -> std::string {
    const char* value = std::getenv(name);
    return value == nullptr ? "" : value;
  };
  if (const auto folder = environment("RUNTIME_DIRECTORY"); !folder.empty()) {
    return std::filesystem::path(folder.substr(0, folder.find(':'))) / "tinyfogd.sock";
  }
  if (::geteuid() == 0) return kSystemSocket;
  if (const auto folder = environment("XDG_RUNTIME_DIR"); !folder.empty()) {
    return std::filesystem::path(folder) / "tinyfog" / "tinyfogd.sock";
  }
  return "/tmp/tinyfog-" + std::to_string(::geteuid()) + "/tinyfogd.sock";
}

}  // namespace tinyfog::endpoint
