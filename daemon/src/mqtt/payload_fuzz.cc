#include <cstddef>
#include <cstdint>

#include "tinyfog/mqtt_gateway/payload.h"

// Input: a payload in the format that the build selects. What decodes must encode again.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace tinyfog::mqtt_gateway;
  const std::string_view payload(reinterpret_cast<const char*>(data), size);
  constexpr auto kEncoding = Encoding::TINYFOG_FUZZ_ENCODING;
  auto body = DecodeRequest(kEncoding, payload);
  if (body.ok()) {
    (void)EncodeAnswer(kEncoding, {body->id, "model", 1, std::move(body->inputs)});
  } else {
    (void)EncodeAnswer(kEncoding, {"", "model", 1, body.error()});
  }
  return 0;
}
