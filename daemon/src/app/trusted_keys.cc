#include "trusted_keys.h"

#include "tinyfog/host/file.h"

namespace tinyfog::app {
namespace {

constexpr std::uint64_t kLargestPem = 1 << 16;

Outcome<firmware_image::Key> ReadTrustedKey(const std::string& file) {
  TINYFOG_TRY_ASSIGN(const auto pem, ReadFile(file, kLargestPem));
  auto key = firmware_image::Key::FromPem({pem.begin(), pem.end()});
  if (!key.ok()) return InContext(key.error(), file);
  if (key->PrivatePem().ok()) {
    return InvalidArgument(file +
                           " is a private key: name the public one (signing.pub) and keep this one "
                           "off the gateway");
  }
  return key;
}

}  // namespace

Outcome<std::vector<firmware_image::Key>> ReadTrustedKeys(const std::vector<std::string>& files) {
  std::vector<firmware_image::Key> keys;
  for (const std::string& file : files) {
    auto key = ReadTrustedKey(file);
    if (!key.ok()) return InContext(key.error(), "artifacts.trusted_keys");
    keys.push_back(std::move(key).value());
  }
  return keys;
}

}  // namespace tinyfog::app
