#include <openssl/bio.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <memory>

#include "tinyfog/host/file.h"
#include "tls_files.h"

namespace tinyfog::rpc {
namespace {

template <auto Function>
struct Freer {
  template <class T>
  void operator()(T* object) const {
    Function(object);
  }
};
using Bio = std::unique_ptr<BIO, Freer<BIO_free_all>>;
using Certificate = std::unique_ptr<X509, Freer<X509_free>>;
using Key = std::unique_ptr<EVP_PKEY, Freer<EVP_PKEY_free>>;

Outcome<std::string> ReadText(const std::filesystem::path& path) {
  TINYFOG_TRY_ASSIGN(const auto bytes, ReadFile(path, 1u << 20));
  return std::string(bytes.begin(), bytes.end());
}

Bio Open(const std::string& text) {
  return Bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

Outcome<Certificate> ParseCertificate(const std::string& text, const std::filesystem::path& path) {
  Certificate certificate(PEM_read_bio_X509(Open(text).get(), nullptr, nullptr, nullptr));
  if (!certificate) return FailedPrecondition(path.string() + " has no certificate in PEM form");
  return certificate;
}

/// An encrypted key must fail instead of asking the terminal for its password.
int NoPassword(char*, int, int, void*) { return -1; }

}  // namespace

Outcome<TlsFiles> ReadTlsFiles(const TlsOptions& options) {
  TlsFiles files;
  TINYFOG_TRY_ASSIGN(files.certificate, ReadText(options.certificate));
  TINYFOG_TRY_ASSIGN(files.key, ReadText(options.key));
  TINYFOG_TRY_ASSIGN(const Certificate certificate,
                     ParseCertificate(files.certificate, options.certificate));
  const Key key(PEM_read_bio_PrivateKey(Open(files.key).get(), nullptr, NoPassword, nullptr));
  if (!key) return FailedPrecondition(options.key.string() + " has no unencrypted key in PEM form");
  if (X509_check_private_key(certificate.get(), key.get()) != 1) {
    return FailedPrecondition("the key in " + options.key.string() +
                              " does not belong to the certificate in " +
                              options.certificate.string());
  }
  if (options.client_ca.empty()) return files;
  TINYFOG_TRY_ASSIGN(files.client_ca, ReadText(options.client_ca));
  TINYFOG_TRY(ParseCertificate(files.client_ca, options.client_ca));
  return files;
}

}  // namespace tinyfog::rpc
