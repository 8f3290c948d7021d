#include "tls_credentials_grpc.h"

#include <grpc/grpc.h>
#include <grpc/grpc_security.h>

#include <mutex>
#include <string>
#include <utility>

#include "tls_files.h"

namespace tinyfog::rpc {
namespace {

/// What gRPC's C++ interface has no builder for: server credentials of its C interface.
class CoreCredentials final : public grpc::ServerCredentials {
 public:
  explicit CoreCredentials(grpc_server_credentials* credentials) : credentials_(credentials) {}
  ~CoreCredentials() override { grpc_server_credentials_release(credentials_); }
  void SetAuthMetadataProcessor(const std::shared_ptr<grpc::AuthMetadataProcessor>&) override {}

 private:
  int AddPortToServer(const std::string& address, grpc_server* server) override {
    return grpc_server_add_http2_port(server, address.c_str(), credentials_);
  }
  grpc_server_credentials* const credentials_;
};

class ReloadableTls final : public TlsCredentials {
 public:
  ReloadableTls(TlsOptions options, TlsFiles files)
      : options_(std::move(options)), files_(std::move(files)) {}

  std::shared_ptr<grpc::ServerCredentials> credentials() override {
    const auto request = options_.client_ca.empty()
                             ? GRPC_SSL_DONT_REQUEST_CLIENT_CERTIFICATE
                             : GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY;
    return std::make_shared<CoreCredentials>(grpc_ssl_server_credentials_create_with_options(
        grpc_ssl_server_credentials_create_options_using_config_fetcher(request, Fetch, this)));
  }

  Outcome<bool> Reload() override {
    TINYFOG_TRY_ASSIGN(TlsFiles files, ReadTlsFiles(options_));
    const std::lock_guard lock(mutex_);
    if (files == files_) return false;
    files_ = std::move(files);
    fresh_ = true;
    return true;
  }

 private:
  /// Called by gRPC before each handshake, under a lock of its own.
  static grpc_ssl_certificate_config_reload_status Fetch(
      void* self, grpc_ssl_server_certificate_config** config) {
    return static_cast<ReloadableTls*>(self)->Next(*config);
  }

  grpc_ssl_certificate_config_reload_status Next(grpc_ssl_server_certificate_config*& config) {
    const std::lock_guard lock(mutex_);
    if (!std::exchange(fresh_, false)) return GRPC_SSL_CERTIFICATE_CONFIG_RELOAD_UNCHANGED;
    const grpc_ssl_pem_key_cert_pair pair{files_.key.c_str(), files_.certificate.c_str()};
    // gRPC insists on an authority even where clients are not asked for a certificate.
    const std::string& authority = files_.client_ca.empty() ? files_.certificate : files_.client_ca;
    config = grpc_ssl_server_certificate_config_create(authority.c_str(), &pair, 1);
    return GRPC_SSL_CERTIFICATE_CONFIG_RELOAD_NEW;
  }

  const TlsOptions options_;
  std::mutex mutex_;
  TlsFiles files_;
  bool fresh_ = true;  ///< gRPC does not have files_ yet
};

}  // namespace

Outcome<std::unique_ptr<TlsCredentials>> TlsCredentials::Create(const TlsOptions& options) {
  TINYFOG_TRY_ASSIGN(TlsFiles files, ReadTlsFiles(options));
  return std::unique_ptr<TlsCredentials>(
      std::make_unique<ReloadableTls>(options, std::move(files)));
}

}  // namespace tinyfog::rpc
