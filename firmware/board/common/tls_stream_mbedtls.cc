#include <mbedtls/hmac_drbg.h>
#include <mbedtls/ssl.h>

#include <new>

#include "tls_stream.h"

namespace tinyfog::board {

struct TlsStream::Session {
  mbedtls_ssl_context ssl;
  mbedtls_ssl_config config;
  mbedtls_x509_crt authority;
  mbedtls_x509_crt certificate;
  mbedtls_pk_context key;
  mbedtls_hmac_drbg_context random;
};

namespace {

constexpr std::size_t kSeedBytes = 32;
constexpr int kCertificateSuites[] = {MBEDTLS_TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, 0};
constexpr int kPskSuites[] = {MBEDTLS_TLS_PSK_WITH_AES_128_GCM_SHA256, 0};

int SendDown(void* lower, const unsigned char* bytes, std::size_t count) {
  const std::size_t taken = static_cast<hal::Stream*>(lower)->Write({bytes, count});
  return taken == 0 ? MBEDTLS_ERR_SSL_WANT_WRITE : static_cast<int>(taken);
}

int ReceiveUp(void* lower, unsigned char* bytes, std::size_t count) {
  hal::Stream& stream = *static_cast<hal::Stream*>(lower);
  const std::size_t got = stream.Read({bytes, count});
  if (got > 0) return static_cast<int>(got);
  return stream.state() == hal::Stream::State::kClosed ? MBEDTLS_ERR_SSL_CONN_EOF
                                                       : MBEDTLS_ERR_SSL_WANT_READ;
}

bool MustWait(int result) {
  return result == MBEDTLS_ERR_SSL_WANT_READ || result == MBEDTLS_ERR_SSL_WANT_WRITE;
}

}  // namespace

Status TlsStream::Start(const TlsConfig& c) {
  static_assert(sizeof(Session) <= sizeof(storage_));
  if (c.seed.size() < kSeedBytes) return Status::kInvalidArgument;
  alive_ = c.alive;
  Session& s = *new (storage_.data()) Session;
  mbedtls_ssl_init(&s.ssl);
  mbedtls_ssl_config_init(&s.config);
  mbedtls_x509_crt_init(&s.authority);
  mbedtls_x509_crt_init(&s.certificate);
  mbedtls_pk_init(&s.key);
  mbedtls_hmac_drbg_init(&s.random);
  int failed = mbedtls_hmac_drbg_seed_buf(&s.random, mbedtls_md_info_from_type(MBEDTLS_MD_SHA256),
                                          c.seed.data(), c.seed.size());
  failed |= mbedtls_ssl_config_defaults(&s.config, MBEDTLS_SSL_IS_CLIENT,
                                        MBEDTLS_SSL_TRANSPORT_STREAM, MBEDTLS_SSL_PRESET_DEFAULT);
  mbedtls_ssl_conf_rng(&s.config, mbedtls_hmac_drbg_random, &s.random);
  mbedtls_ssl_conf_authmode(&s.config, MBEDTLS_SSL_VERIFY_REQUIRED);
  // As mbedtls_ssl_conf_max_frag_len would, which takes no more than both buffers hold; what is
  // sent may be less than what was agreed on.
  s.config.mfl_code = MBEDTLS_SSL_MAX_FRAG_LEN_2048;
  if (!c.psk_identity.empty()) {
    mbedtls_ssl_conf_ciphersuites(&s.config, kPskSuites);
    failed |= mbedtls_ssl_conf_psk(&s.config, c.psk.data(), c.psk.size(),
                                   reinterpret_cast<const unsigned char*>(c.psk_identity.data()),
                                   c.psk_identity.size());
  } else {
    mbedtls_ssl_conf_ciphersuites(&s.config, kCertificateSuites);
    failed |=
        mbedtls_x509_crt_parse_der_nocopy(&s.authority, c.authority.data(), c.authority.size());
    mbedtls_ssl_conf_ca_chain(&s.config, &s.authority, nullptr);
    if (!c.certificate.empty()) {
      failed |= mbedtls_x509_crt_parse_der_nocopy(&s.certificate, c.certificate.data(),
                                                  c.certificate.size());
      failed |= mbedtls_pk_parse_key(&s.key, c.key.data(), c.key.size(), nullptr, 0);
      failed |= mbedtls_ssl_conf_own_cert(&s.config, &s.certificate, &s.key);
    }
  }
  failed |= mbedtls_ssl_setup(&s.ssl, &s.config);
  failed |= mbedtls_ssl_set_hostname(&s.ssl, c.host);
  mbedtls_ssl_set_bio(&s.ssl, &lower_, SendDown, ReceiveUp, nullptr);
  error_ = failed;
  return failed == 0 ? Status::kOk : Status::kInvalidArgument;
}

void TlsStream::Open() {
  done_ = ended_ = false;
  error_ = 0;
  lower_.Open();
  const int failed = mbedtls_ssl_session_reset(&session().ssl);
  if (failed != 0) Fail(failed);
}

void TlsStream::Close() {
  if (done_ && !ended_) mbedtls_ssl_close_notify(&session().ssl);
  ended_ = true;
  lower_.Close();
}

void TlsStream::Fail(int error) {
  error_ = error;
  ended_ = true;
  lower_.Close();
}

int TlsStream::Handshake() {
  int result = 0;
  while (result == 0 && session().ssl.state != MBEDTLS_SSL_HANDSHAKE_OVER) {
    if (alive_ != nullptr) alive_();
    result = mbedtls_ssl_handshake_step(&session().ssl);
  }
  return result;
}

hal::Stream::State TlsStream::state() {
  if (ended_) return State::kClosed;
  if (done_) return State::kOpen;
  if (lower_.state() == State::kOpening) return State::kOpening;
  const int result = Handshake();
  if (MustWait(result)) return State::kOpening;
  if (result != 0) {
    Fail(result);
    return State::kClosed;
  }
  done_ = true;
  return State::kOpen;
}

std::size_t TlsStream::Write(std::span<const std::uint8_t> bytes) {
  if (!done_ || ended_ || bytes.empty()) return 0;
  const int result = mbedtls_ssl_write(&session().ssl, bytes.data(), bytes.size());
  if (result < 0 && !MustWait(result)) Fail(result);
  return result > 0 ? static_cast<std::size_t>(result) : 0;
}

std::size_t TlsStream::Read(std::span<std::uint8_t> bytes) {
  if (!done_ || ended_ || bytes.empty()) return 0;
  const int result = mbedtls_ssl_read(&session().ssl, bytes.data(), bytes.size());
  if (result > 0) return static_cast<std::size_t>(result);
  if (!MustWait(result)) Fail(result);
  return 0;
}

}  // namespace tinyfog::board
