#pragma once

#include <openssl/evp.h>

#include "tinyfog/firmware_image/firmware_image.h"

namespace tinyfog::firmware_image {

struct Key::Holder {
  Holder(EVP_PKEY* k, bool is_private_key) : key(k), is_private(is_private_key) {}
  ~Holder() { EVP_PKEY_free(key); }
  Holder(const Holder&) = delete;
  Holder& operator=(const Holder&) = delete;
  EVP_PKEY* key;
  bool is_private;
};

}  // namespace tinyfog::firmware_image
