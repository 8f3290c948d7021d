#include "boot_node.h"

#include <gtest/gtest.h>

namespace tinyfog::boot::testing {

bool RememberedCheck::IsGood(const PublicKey& key, const wire::Sha256& digest,
                             const wire::EcdsaSignature& signature) {
  std::vector<std::uint8_t> asked(key.begin(), key.end());
  asked.insert(asked.end(), digest.begin(), digest.end());
  asked.insert(asked.end(), signature.begin(), signature.end());
  const auto [place, is_new] = known_.try_emplace(std::move(asked), false);
  if (is_new) place->second = real_.IsGood(key, digest, signature);
  return place->second;
}

const firmware_image::Key& TrustedKey() {
  static const firmware_image::Key key = firmware_image::Key::Generate().value();
  return key;
}

const Trust& TestTrust() {
  static RememberedCheck check;
  static const Trust trust{TrustedKey().Point(), "test-board", &check};
  return trust;
}

Image MakeImage(std::uint8_t major, std::uint32_t counter, std::size_t bytes,
                const std::string& hardware, const firmware_image::Key& key) {
  const std::vector<std::uint8_t> code(bytes, static_cast<std::uint8_t>(0xA0 + major));
  firmware_image::Contents contents;
  contents.version.major = major;
  contents.security_counter = counter;
  contents.hardware_id = hardware;
  contents.header_bytes = 32;
  contents.code = code;
  return firmware_image::Sign(contents, key).value();
}

Layout MakeLayout(std::uint32_t unit, std::uint32_t units) {
  const std::uint32_t slot = unit * units;
  return {0, slot, slot, 2 * slot, 2 * slot + unit};
}

board::NorFlash MakeFlash(std::uint32_t program, std::uint32_t unit, std::uint32_t units) {
  return board::NorFlash({unit * (2 * units + 3), unit, program});
}

void Put(board::NorFlash& flash, std::uint32_t slot, const Image& image) {
  Image whole = image;
  const std::uint32_t unit = flash.geometry().program;
  whole.resize((whole.size() + unit - 1) / unit * unit, 0xFF);
  ASSERT_EQ(flash.Program(slot, whole), Status::kOk);
}

}  // namespace tinyfog::boot::testing
