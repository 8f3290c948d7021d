#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

#include "tinyfog/base/status.h"
#include "tinyfog/hal/stream.h"

namespace tinyfog::board {

/// What one stream takes of the crypto memory where the server sends one certificate: most in the
/// handshake. Afterwards there is room to check a signature.
inline constexpr std::size_t kTlsMemoryBytes = 12 * 1024;

/// Who the node is and whom it trusts: either certificates (DER, ECDSA on P-256) or a pre-shared
/// key. All of it must outlive the stream, but for the key, which is read once.
struct TlsConfig {
  const char* host = "";                      ///< that the server's certificate must name
  std::span<const std::uint8_t> authority;    ///< the only one that may have signed it
  std::span<const std::uint8_t> certificate;  ///< the node's; empty: none
  std::span<const std::uint8_t> key;
  std::string_view psk_identity;  ///< not empty: pre-shared key instead
  std::span<const std::uint8_t> psk;
  /// At least 32 random bytes that no other start of any device has.
  std::span<const std::uint8_t> seed;
  /// Called between the steps of a handshake, each of which can take as long as a signature; or
  /// null.
  void (*alive)() = nullptr;
};

/// TLS 1.2 over another stream, as a client. One per image, which has called boot::UseCryptoMemory.
/// A server that cannot prove who it is is left before a byte is written. Dates of certificates are
/// not looked at: there is no calendar.
class TlsStream final : public hal::Stream {
 public:
  explicit TlsStream(hal::Stream& lower) : lower_(lower) {}

  /// Once, before anything else. Errors: kInvalidArgument: certificate, authority, key or seed.
  Status Start(const TlsConfig& config);

  void Open() override;
  void Close() override;
  State state() override;
  std::size_t Write(std::span<const std::uint8_t> bytes) override;
  std::size_t Read(std::span<std::uint8_t> bytes) override;

  /// Why the last connection failed: mbedTLS's error number; 0: it did not.
  int error() const { return error_; }

 private:
  struct Session;
  Session& session() { return *reinterpret_cast<Session*>(storage_.data()); }
  int Handshake();
  void Fail(int error);

  hal::Stream& lower_;
  void (*alive_)() = nullptr;
  bool done_ = false;  // the handshake
  bool ended_ = true;
  int error_ = 0;
  alignas(8) std::array<std::uint8_t, 1280> storage_{};
};

}  // namespace tinyfog::board
