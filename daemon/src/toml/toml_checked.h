#pragma once

/// The only way to include toml++: its parser (3.3) relies on assertions that hostile documents
/// break, among them "[<ESC>". Here they throw, in every build type, instead of ending the process
/// or being assumed to hold. Callers catch std::exception. Only for sources named *_toml.cc.
#include <stdexcept>

#pragma push_macro("NDEBUG")
#undef NDEBUG
#define TOML_ASSERT(expr)                                                             \
  do {                                                                                \
    if (!(expr)) throw std::runtime_error("characters in a place where none may be"); \
  } while (false)
#define TOML_ENABLE_FORMATTERS 0
#include <toml++/toml.h>
#pragma pop_macro("NDEBUG")
