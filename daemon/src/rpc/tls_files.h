#pragma once

#include <string>

#include "tinyfog/host/error.h"
#include "tinyfog/rpc/options.h"

namespace tinyfog::rpc {

/// The PEM texts of a TlsOptions.
struct TlsFiles {
  std::string certificate;
  std::string key;
  std::string client_ca;  ///< empty: clients need no certificate
  bool operator==(const TlsFiles&) const = default;
};

/// Reads and checks them, because gRPC only says that it could not start. Errors: kNotFound,
/// kPermissionDenied (files), kFailedPrecondition (not PEM, or the key is not the certificate's).
Outcome<TlsFiles> ReadTlsFiles(const TlsOptions& options);

}  // namespace tinyfog::rpc
