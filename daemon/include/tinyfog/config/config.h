#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "tinyfog/fleet/options.h"
#include "tinyfog/host/error.h"
#include "tinyfog/inference/server.h"
#include "tinyfog/mqtt_gateway/options.h"
#include "tinyfog/rpc/options.h"

namespace tinyfog::config {

struct LogOptions {
  std::string level = "info";   ///< debug, info, warning, error
  std::string format = "auto";  ///< auto, text, json, journal
};

/// Firmware and models for nodes (fleet's artifact::Store).
struct ArtifactOptions {
  std::filesystem::path folder;           ///< empty: <data>/artifacts
  std::vector<std::string> trusted_keys;  ///< PEM files; none: nothing can be pushed
  std::uint64_t largest_bytes = 16 << 20;
};

/// Everything that tinyfogd's configuration file can say. The defaults are those of a daemon
/// without one; deploy/tinyfogd.toml documents every key.
struct Config {
  std::filesystem::path data;  ///< empty: DefaultDataFolder()
  std::chrono::milliseconds drain_timeout{10'000};
  /// A batch or an MQTT thread without progress for so long is stuck.
  std::chrono::milliseconds stuck_after{60'000};
  LogOptions log;
  std::string metrics_listen = "127.0.0.1:8002";  ///< empty: not served
  inference::ServerOptions inference;             ///< empty repository: <data>/models
  mqtt_gateway::MqttOptions mqtt;
  ArtifactOptions artifacts;
  fleet::Options fleet;
  rpc::RpcOptions grpc;              ///< unix_socket is filled from grpc_socket by Resolve
  std::string grpc_socket = "auto";  ///< "auto": endpoint::DefaultSocket(); empty: none
};

/// One mistake in a configuration file. Line and column count from 1; 0 where there is none.
struct Problem {
  int line = 0;
  int column = 0;
  std::string text;  ///< what is wrong and what would be right
};

/// Reads a TOML document. Untrusted input. Errors: all problems of the text at once, in its order.
Result<Config, std::vector<Problem>> Parse(std::string_view toml);

/// Parses a file. Errors: kNotFound, kPermissionDenied, kInvalidArgument with one line
/// "<file>:<line>:<column>: <text>" for each problem.
Outcome<Config> Load(const std::filesystem::path& file);

/// `config` as a TOML document that Parse reads back to the same. Passwords are left out.
std::string Print(const Config& config);

/// The names of all keys, as "section.key".
std::vector<std::string> KeyNames();

/// Keys whose values differ, as "section.key".
struct Changes {
  std::vector<std::string> live;     ///< take effect on reload
  std::vector<std::string> restart;  ///< need a restart
};
Changes Compare(const Config& before, const Config& after);

/// /var/lib/tinyfog or systemd's STATE_DIRECTORY for a service or root, else
/// $XDG_DATA_HOME/tinyfog or ~/.local/share/tinyfog.
std::filesystem::path DefaultDataFolder();

/// `config` with the data folder, the repository and the unix socket filled in.
Config Resolve(Config config);

/// Whether the files and folders that a resolved configuration names are there and readable.
/// Folders that the daemon creates itself need not exist. The returned texts say key, path and
/// reason.
std::vector<std::string> CheckFiles(const Config& config);

}  // namespace tinyfog::config
