#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "tinyfog/host/error.h"
#include "tinyfog/wire/firmware_image.h"

/// Makes and checks firmware images (tinyfog/wire/firmware_image.h is the format).
namespace tinyfog::firmware_image {

/// A key of ECDSA over P-256: public, or with its private half.
class Key {
 public:
  /// A new pair.
  static Outcome<Key> Generate();
  /// From PEM: a private key (PKCS#8 or SEC 1, not encrypted) or a public one.
  /// Errors: kInvalidArgument when it is neither or of another curve.
  static Outcome<Key> FromPem(const std::string& pem);

  /// The private key as PKCS#8. Errors: kFailedPrecondition of a public key.
  Outcome<std::string> PrivatePem() const;
  std::string PublicPem() const;
  /// x and y of the point, 32 bytes each, big-endian.
  std::array<std::uint8_t, 64> Point() const;

  struct Holder;  ///< the library's key
  const Holder& holder() const { return *holder_; }

 private:
  explicit Key(std::shared_ptr<const Holder> holder) : holder_(std::move(holder)) {}
  std::shared_ptr<const Holder> holder_;  // shared: never changes, and copies of a key are cheap
};

struct Contents {
  wire::ImageVersion version;
  std::uint32_t security_counter = 0;
  std::string hardware_id;  ///< 1 to 32 printable ASCII characters
  /// Bytes before the code; 32 to 65535. A Cortex-M's vector table wants a power of two.
  std::uint32_t header_bytes = 512;
  std::span<const std::uint8_t> code;
};

/// Errors: kInvalidArgument of contents out of range; kFailedPrecondition of a public key.
Outcome<std::vector<std::uint8_t>> Sign(const Contents& contents, const Key& key);

struct Details {
  wire::ImageHeader header;
  wire::ImageTlvs tlvs;
  std::uint32_t bytes = 0;  ///< header to TLVs; what follows is no part of the image
};

/// What the image says about itself; nothing is verified.
/// Errors: kInvalidArgument, with what is wrong.
Outcome<Details> Read(std::span<const std::uint8_t> image);

/// Read, and digest and signature are the key's. Errors: kInvalidArgument as of Read; kDataLoss
/// when bits differ; kUnauthenticated of another key or a wrong signature.
Outcome<Details> Verify(std::span<const std::uint8_t> image, const Key& key);

}  // namespace tinyfog::firmware_image
