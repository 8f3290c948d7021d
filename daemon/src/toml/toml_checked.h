#pragma once

/// The only way to include toml++: its parser (3.3) relies on assertions that hostile documents
/// break, among them "[<ESC>". Here they throw, in every build type, instead of ending the process
/// or being assumed to hold. Callers catch std::exception. Only for sources named *_toml.cc.
#include <stdexcept>

namespace tinyfog::config {
[[noreturn]] inline void BrokenTomlAssertion() {
  throw std::runtime_error("characters in a place where none may be");
}
}  // namespace tinyfog::config

#pragma push_macro("NDEBUG")
#undef NDEBUG
#define TOML_ASSERT(expr) ((expr) ? void() : ::tinyfog::config::BrokenTomlAssertion())
#define TOML_ENABLE_FORMATTERS 0
#include <toml++/toml.h>
#pragma pop_macro("NDEBUG")
