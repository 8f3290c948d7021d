// The configuration file: any bytes give a configuration or problems, and what parses prints to
// something that parses.
#include <cstdint>
#include <cstdlib>

#include "tinyfog/config/config.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto parsed = tinyfog::config::Parse({reinterpret_cast<const char*>(data), size});
  if (!parsed.ok()) {
    if (parsed.error().empty()) std::abort();
    return 0;
  }
  tinyfog::config::Config shown = *parsed;
  shown.mqtt.password.clear();
  const auto again = tinyfog::config::Parse(tinyfog::config::Print(shown));
  if (!again.ok() || !tinyfog::config::Compare(shown, *again).restart.empty()) std::abort();
  return 0;
}
