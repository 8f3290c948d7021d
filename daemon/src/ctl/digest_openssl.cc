#include <openssl/sha.h>

#include "digest.h"

namespace tinyfog::ctl {

std::string Sha256(std::span<const std::uint8_t> bytes) {
  std::string digest(SHA256_DIGEST_LENGTH, '\0');
  SHA256(bytes.data(), bytes.size(), reinterpret_cast<unsigned char*>(digest.data()));
  return digest;
}

}  // namespace tinyfog::ctl
