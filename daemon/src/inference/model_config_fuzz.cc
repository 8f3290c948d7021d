#include <string_view>

#include "tinyfog/inference/model_config.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto options = tinyfog::inference::ParseModelConfig(text, "config.toml");
  if (options.ok() && (options->max_batch < 1 || options->max_batch > 64 ||
                       options->default_priority > options->priority_levels)) {
    __builtin_trap();
  }
  return 0;
}
