#pragma once

#include <filesystem>
#include <string>

#include "tinyfog/host/error.h"

namespace tinyfog::app {

/// Where a running daemon can be reached; empty: not there.
struct Endpoints {
  std::string grpc;         ///< "127.0.0.1:8001"
  std::string unix_socket;  ///< a path
  std::string metrics;      ///< "127.0.0.1:8002"
  std::string mqtt;         ///< "mqtt://127.0.0.1:1883"
};

/// `listen` ("address:port") with the port that was taken.
std::string WithPort(const std::string& listen, int port);

/// The file "endpoints.json" in the data folder: there while the daemon is ready, and after a crash
/// (then its "pid" is of no process or of another one). Format: docs/operations.md.
class EndpointsFile {
 public:
  /// Removes what a crashed daemon left.
  explicit EndpointsFile(const std::filesystem::path& data);
  ~EndpointsFile() { Remove(); }
  EndpointsFile(const EndpointsFile&) = delete;
  EndpointsFile& operator=(const EndpointsFile&) = delete;

  /// Replaces the file in one step. Errors: as WriteFileAtomically.
  Outcome<void> Write(const Endpoints& endpoints);
  void Remove();

 private:
  std::filesystem::path path_;
};

}  // namespace tinyfog::app
