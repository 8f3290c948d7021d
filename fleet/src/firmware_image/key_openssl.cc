#include "key_openssl.h"

#include <openssl/bio.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <algorithm>

#include "tinyfog/firmware_image/signature.h"

namespace tinyfog::firmware_image {
namespace {

struct Free {
  void operator()(BIO* bio) const { BIO_free(bio); }
  void operator()(EVP_PKEY_CTX* context) const { EVP_PKEY_CTX_free(context); }
  void operator()(ECDSA_SIG* signature) const { ECDSA_SIG_free(signature); }
};
template <class T>
using Owned = std::unique_ptr<T, Free>;

bool IsP256(EVP_PKEY* key) {
  char group[32] = "";
  std::size_t length = 0;
  return EVP_PKEY_get_group_name(key, group, sizeof group, &length) == 1 &&
         std::string(group, length) == "prime256v1";
}

std::string Text(BIO* bio) {
  char* data = nullptr;
  const long bytes = BIO_get_mem_data(bio, &data);
  return {data, static_cast<std::size_t>(std::max(0l, bytes))};
}

// No key has a passphrase; without this the library would ask for one on the terminal.
int NoPassphrase(char*, int, int, void*) { return -1; }

}  // namespace

Outcome<Key> Key::Generate() {
  EVP_PKEY* key = EVP_EC_gen("P-256");
  if (key == nullptr) return Internal("no key pair can be made: is the machine out of entropy?");
  return Key(std::make_shared<const Holder>(key, true));
}

Outcome<Key> Key::FromPem(const std::string& pem) {
  const auto open = [&] {
    return Owned<BIO>(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  };
  bool is_private = true;
  EVP_PKEY* key = PEM_read_bio_PrivateKey(open().get(), nullptr, NoPassphrase, nullptr);
  if (key == nullptr) {
    is_private = false;
    key = PEM_read_bio_PUBKEY(open().get(), nullptr, NoPassphrase, nullptr);
  }
  if (key == nullptr) {
    return InvalidArgument("this is no key in PEM without a passphrase (PKCS#8, SEC 1 or public)");
  }
  auto holder = std::make_shared<const Holder>(key, is_private);
  if (!IsP256(key)) return InvalidArgument("the key is not one of the curve P-256");
  return Key(std::move(holder));
}

Outcome<std::string> Key::PrivatePem() const {
  if (!holder_->is_private) return FailedPrecondition("this key has no private half");
  const Owned<BIO> bio(BIO_new(BIO_s_mem()));
  if (PEM_write_bio_PKCS8PrivateKey(bio.get(), holder_->key, nullptr, nullptr, 0, nullptr,
                                    nullptr) != 1) {
    return Internal("the key cannot be written as PEM");
  }
  return Text(bio.get());
}

std::string Key::PublicPem() const {
  const Owned<BIO> bio(BIO_new(BIO_s_mem()));
  return PEM_write_bio_PUBKEY(bio.get(), holder_->key) == 1 ? Text(bio.get()) : "";
}

std::array<std::uint8_t, 64> Key::Point() const {
  std::uint8_t point[65] = {};  // 4, x, y
  std::size_t bytes = 0;
  EVP_PKEY_get_octet_string_param(holder_->key, OSSL_PKEY_PARAM_PUB_KEY, point, sizeof point,
                                  &bytes);
  std::array<std::uint8_t, 64> both;
  std::copy_n(point + 1, both.size(), both.begin());
  return both;
}

wire::Sha256 Digest(std::span<const std::uint8_t> bytes) {
  wire::Sha256 digest{};
  EVP_Digest(bytes.data(), bytes.size(), digest.data(), nullptr, EVP_sha256(), nullptr);
  return digest;
}

wire::Sha256 KeyHash(const Key& key) {
  unsigned char* der = nullptr;
  const int bytes = i2d_PUBKEY(key.holder().key, &der);
  const wire::Sha256 hash = Digest({der, static_cast<std::size_t>(std::max(0, bytes))});
  OPENSSL_free(der);
  return hash;
}

Outcome<wire::EcdsaSignature> SignDigest(const Key& key, const wire::Sha256& digest) {
  if (!key.holder().is_private) {
    return FailedPrecondition("signing needs the private key, this is a public one");
  }
  const Owned<EVP_PKEY_CTX> context(EVP_PKEY_CTX_new(key.holder().key, nullptr));
  std::vector<std::uint8_t> der(80);
  std::size_t bytes = der.size();
  if (!context || EVP_PKEY_sign_init(context.get()) != 1 ||
      EVP_PKEY_sign(context.get(), der.data(), &bytes, digest.data(), digest.size()) != 1) {
    return Internal("signing failed");
  }
  const unsigned char* at = der.data();
  const Owned<ECDSA_SIG> both(d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(bytes)));
  wire::EcdsaSignature signature;
  if (!both || BN_bn2binpad(ECDSA_SIG_get0_r(both.get()), signature.data(), 32) != 32 ||
      BN_bn2binpad(ECDSA_SIG_get0_s(both.get()), signature.data() + 32, 32) != 32) {
    return Internal("signing failed");
  }
  return signature;
}

std::vector<std::uint8_t> SignatureAsDer(const wire::EcdsaSignature& signature) {
  const Owned<ECDSA_SIG> both(ECDSA_SIG_new());
  ECDSA_SIG_set0(both.get(), BN_bin2bn(signature.data(), 32, nullptr),
                 BN_bin2bn(signature.data() + 32, 32, nullptr));
  unsigned char* der = nullptr;
  const int bytes = i2d_ECDSA_SIG(both.get(), &der);
  const std::vector<std::uint8_t> copy(der, der + std::max(0, bytes));
  OPENSSL_free(der);
  return copy;
}

bool IsSigned(const Key& key, const wire::Sha256& digest, const wire::EcdsaSignature& signature) {
  const std::vector<std::uint8_t> der = SignatureAsDer(signature);
  const Owned<EVP_PKEY_CTX> context(EVP_PKEY_CTX_new(key.holder().key, nullptr));
  return !der.empty() && context && EVP_PKEY_verify_init(context.get()) == 1 &&
         EVP_PKEY_verify(context.get(), der.data(), der.size(), digest.data(), digest.size()) == 1;
}

}  // namespace tinyfog::firmware_image
