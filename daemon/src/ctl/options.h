#pragma once

#include <chrono>
#include <cstdint>
#include <iosfwd>
#include <optional>
#include <string>
#include <vector>

#include "tinyfog/base/result.h"

namespace tinyfog::ctl {

enum class Command : std::uint8_t {
  kStatus,
  kModelList,
  kModelShow,
  kModelLoad,
  kModelUnload,
  kModelPush,
  kModelInfer,
  kModelFit,
  kNodeList,
  kNodeShow,
  kNodeWatch,
  kNodeSet,
  kNodeRemove,
  kArtifactPush,
  kArtifactList,
  kArtifactShow,
  kArtifactVerify,
  kArtifactRemove,
  kWatch,
  kVersion,
  kCompletion,
};

struct TlsOptions {
  std::string ca_file, cert_file, key_file;
};

/// The command line, parsed and checked as far as it can be without asking the gateway.
struct Options {
  Command command = Command::kStatus;
  std::string server;  ///< empty: see ChooseServer
  TlsOptions tls;      ///< TLS is used when ca_file or cert_file is given
  std::optional<std::chrono::milliseconds> timeout;
  bool json = false;
  bool no_color = false;

  std::string model;
  std::int64_t version = 0;  ///< 0: the newest
  bool names_only = false;

  std::string model_file, config_file;
  std::vector<std::string> boards;  ///< empty: all
  bool no_load = false;

  std::string artifact;  ///< digest, its start, or NAME@VERSION
  std::string artifact_file;

  std::vector<std::string> inputs;  ///< "FILE", "-" or "NAME=FILE"
  std::string json_input;
  std::string output_file;
  std::uint32_t repeat = 1;
  std::uint32_t top = 5;

  std::uint64_t count = 0;  ///< events to watch; 0: no end
  bool follow_events = false;
  std::string node;

  std::string node_model, node_firmware;  ///< artifacts; "-": no longer; empty: as it is
  std::optional<std::uint32_t> sample_interval_ms, cascade_permille, telemetry_interval_s;
  std::optional<std::string> cascade_model;
  bool wait = false;
};

/// Parses; where there is nothing left to do (--help, an error) writes what is to be said to `out`
/// or `err` and gives the exit status instead.
Result<Options, int> ParseOptions(int argc, const char* const* argv, std::ostream& out,
                                  std::ostream& err);

/// A bash completion script for every command and option that ParseOptions knows.
std::string BashCompletion();

}  // namespace tinyfog::ctl
