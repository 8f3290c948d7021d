#include <openssl/bio.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <memory>

#include "tinyfog/provision/authority.h"

namespace tinyfog::provision {
namespace {

struct Free {
  void operator()(BIO* bio) const { BIO_free(bio); }
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
  void operator()(X509* certificate) const { X509_free(certificate); }
  void operator()(X509_EXTENSION* extension) const { X509_EXTENSION_free(extension); }
};
template <class T>
using Owned = std::unique_ptr<T, Free>;

constexpr long kYear = 365l * 24 * 3600;
constexpr std::size_t kNameBytes = 64;

// Without this the library would ask on the terminal.
int NoPassphrase(char*, int, int, void*) { return -1; }

std::string Text(BIO* bio) {
  char* data = nullptr;
  const long bytes = BIO_get_mem_data(bio, &data);
  return {data, static_cast<std::size_t>(std::max(0l, bytes))};
}

Owned<BIO> Open(const std::string& pem) {
  return Owned<BIO>(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
}

Owned<X509> ParseCertificate(const std::string& pem) {
  return Owned<X509>(PEM_read_bio_X509(Open(pem).get(), nullptr, NoPassphrase, nullptr));
}

Owned<EVP_PKEY> ParseKey(const std::string& pem) {
  return Owned<EVP_PKEY>(PEM_read_bio_PrivateKey(Open(pem).get(), nullptr, NoPassphrase, nullptr));
}

bool AddExtension(X509* certificate, X509* issuer, int id, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  const Owned<X509_EXTENSION> extension(X509V3_EXT_conf_nid(nullptr, &context, id, value.c_str()));
  return extension && X509_add_ext(certificate, extension.get(), -1) == 1;
}

// Names in certificates are written into a small language of OpenSSL's: only what cannot mean more.
bool IsPlain(const std::string& name) {
  return !name.empty() && name.size() <= kNameBytes &&
         std::ranges::all_of(name, [](unsigned char c) {
           return std::isalnum(c) != 0 || c == '.' || c == '-' || c == '_' || c == ':' || c == ' ';
         });
}

std::string AlternativeName(const std::string& name) {
  const bool is_address = name.find_first_not_of("0123456789.") == std::string::npos;
  return "DNS:" + name + (is_address ? ",IP:" + name : "");
}

bool SetUp(X509* certificate, EVP_PKEY* key, const std::string& name, long seconds) {
  std::uint8_t serial[16];
  if (RAND_bytes(serial, sizeof serial) != 1) return false;
  serial[0] &= 0x7F;
  BIGNUM* number = BN_bin2bn(serial, sizeof serial, nullptr);
  const bool has_serial = number != nullptr &&
                          BN_to_ASN1_INTEGER(number, X509_get_serialNumber(certificate)) != nullptr;
  BN_free(number);
  return has_serial && X509_set_version(certificate, X509_VERSION_3) == 1 &&
         X509_gmtime_adj(X509_getm_notBefore(certificate), -24 * 3600) != nullptr &&
         X509_gmtime_adj(X509_getm_notAfter(certificate), seconds) != nullptr &&
         X509_set_pubkey(certificate, key) == 1 &&
         X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate), "CN", MBSTRING_ASC,
                                    reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1,
                                    0) == 1;
}

Outcome<Identity> Write(X509* certificate, EVP_PKEY* key) {
  const Owned<BIO> first(BIO_new(BIO_s_mem())), second(BIO_new(BIO_s_mem()));
  if (PEM_write_bio_X509(first.get(), certificate) != 1 ||
      PEM_write_bio_PKCS8PrivateKey(second.get(), key, nullptr, nullptr, 0, nullptr, nullptr) !=
          1) {
    return Internal("a certificate cannot be written as PEM");
  }
  return Identity{Text(first.get()), Text(second.get())};
}

template <class T>
Outcome<std::vector<std::uint8_t>> Der(const T* object, int (*encode)(const T*, unsigned char**)) {
  unsigned char* der = nullptr;
  const int bytes = encode(object, &der);
  if (bytes <= 0) return Internal("it cannot be written as DER");
  std::vector<std::uint8_t> result(der, der + bytes);
  OPENSSL_clear_free(der, static_cast<std::size_t>(bytes));
  return result;
}

}  // namespace

Outcome<Identity> MakeAuthority(const std::string& name) {
  if (!IsPlain(name)) return InvalidArgument("'" + name + "' is no name for an authority");
  const Owned<EVP_PKEY> key(EVP_EC_gen("P-256"));
  const Owned<X509> certificate(X509_new());
  X509* c = certificate.get();
  if (!key || c == nullptr || !SetUp(c, key.get(), name, 20 * kYear) ||
      X509_set_issuer_name(c, X509_get_subject_name(c)) != 1 ||
      !AddExtension(c, c, NID_basic_constraints, "critical,CA:TRUE,pathlen:0") ||
      !AddExtension(c, c, NID_key_usage, "critical,keyCertSign,cRLSign") ||
      !AddExtension(c, c, NID_subject_key_identifier, "hash") ||
      X509_sign(c, key.get(), EVP_sha256()) == 0) {
    return Internal("the authority cannot be made: is the machine out of entropy?");
  }
  return Write(c, key.get());
}

Outcome<Identity> Issue(const Identity& authority, const std::string& name, Role role) {
  const Owned<X509> issuer = ParseCertificate(authority.certificate);
  const Owned<EVP_PKEY> issuer_key = ParseKey(authority.key);
  if (!issuer || !issuer_key) {
    return InvalidArgument("the authority's certificate or key is no PEM without a passphrase");
  }
  if (!IsPlain(name)) {
    return InvalidArgument("'" + name +
                           "' is no name for a certificate: 1 to 64 of A-Z a-z 0-9 . _ - :");
  }
  const Owned<EVP_PKEY> key(EVP_EC_gen("P-256"));
  const Owned<X509> certificate(X509_new());
  X509* c = certificate.get();
  const bool is_broker = role == Role::kBroker;
  if (!key || c == nullptr || !SetUp(c, key.get(), name, 10 * kYear) ||
      X509_set_issuer_name(c, X509_get_subject_name(issuer.get())) != 1 ||
      !AddExtension(c, issuer.get(), NID_basic_constraints, "critical,CA:FALSE") ||
      !AddExtension(c, issuer.get(), NID_authority_key_identifier, "keyid:always") ||
      !AddExtension(c, issuer.get(), NID_key_usage, "critical,digitalSignature") ||
      !AddExtension(c, issuer.get(), NID_ext_key_usage, is_broker ? "serverAuth" : "clientAuth") ||
      (is_broker && !AddExtension(c, issuer.get(), NID_subject_alt_name, AlternativeName(name))) ||
      X509_sign(c, issuer_key.get(), EVP_sha256()) == 0) {
    return Internal("the certificate of " + name + " cannot be made");
  }
  return Write(c, key.get());
}

Outcome<std::vector<std::uint8_t>> CertificateDer(const std::string& pem) {
  const Owned<X509> certificate = ParseCertificate(pem);
  if (!certificate) return InvalidArgument("this is no certificate in PEM");
  return Der<X509>(certificate.get(), i2d_X509);
}

Outcome<std::vector<std::uint8_t>> KeyDer(const std::string& pem) {
  const Owned<EVP_PKEY> key = ParseKey(pem);
  if (!key) return InvalidArgument("this is no private key in PEM without a passphrase");
  return Der<EVP_PKEY>(key.get(), i2d_PrivateKey);
}

Outcome<std::vector<std::uint8_t>> RandomBytes(std::size_t count) {
  std::vector<std::uint8_t> bytes(count);
  if (RAND_priv_bytes(bytes.data(), static_cast<int>(count)) != 1) {
    return Internal("no random numbers: is the machine out of entropy?");
  }
  return bytes;
}

}  // namespace tinyfog::provision
