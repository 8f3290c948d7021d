#pragma once

#include <grpcpp/grpcpp.h>

#include <memory>

#include "tinyfog/host/error.h"
#include "tinyfog/rpc/options.h"

namespace tinyfog::rpc {

/// The TLS certificate of the listener, which may be exchanged while it serves. Must outlive the
/// gRPC server. Thread-safe.
class TlsCredentials {
 public:
  /// Reads the files. Errors: as ReadTlsFiles.
  static Outcome<std::unique_ptr<TlsCredentials>> Create(const TlsOptions& options);
  virtual ~TlsCredentials() = default;

  /// For the server's builder.
  virtual std::shared_ptr<grpc::ServerCredentials> credentials() = 0;
  /// Reads the files again; connections made from now on see what they say. False: they say the
  /// same. Errors: as Create; what served before goes on.
  virtual Outcome<bool> Reload() = 0;
};

}  // namespace tinyfog::rpc
