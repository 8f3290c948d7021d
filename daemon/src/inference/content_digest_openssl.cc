#include <openssl/evp.h>

#include "content_digest.h"

namespace tinyfog::inference {

ContentDigest DigestOf(std::span<const std::uint8_t> bytes) {
  ContentDigest digest{};
  // Fails only without memory.
  EVP_Digest(bytes.data(), bytes.size(), digest.data(), nullptr, EVP_sha256(), nullptr);
  return digest;
}

}  // namespace tinyfog::inference
