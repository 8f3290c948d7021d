#pragma once

#include <concepts>
#include <initializer_list>
#include <string>
#include <string_view>

#include "tinyfog/host/error.h"

/// Structured log: a short constant message and key=value fields, to stderr (or journald when
/// stderr is its stream). Thread-safe. Never log payloads, keys or passwords.
namespace tinyfog::log {

enum class Level : unsigned char { kDebug, kInfo, kWarning, kError };

struct Field {
  template <class T>
  requires std::convertible_to<T, std::string_view> Field(std::string_view k, const T& v)
      : key(k), value(std::string_view(v)) {}
  Field(std::string_view k, bool v) : key(k), value(v ? "true" : "false") {}
  template <class T>
  requires std::is_arithmetic_v<T> Field(std::string_view k, T v)
      : key(k), value(std::to_string(v)) {}

  std::string_view key;
  std::string value;
};

using Fields = std::initializer_list<Field>;

void Debug(std::string_view message, Fields fields = {});
void Info(std::string_view message, Fields fields = {});
void Warning(std::string_view message, Fields fields = {});
void Error(std::string_view message, Fields fields = {});

/// "debug", "info", "warning" or "error"; takes effect at once. Errors: kInvalidArgument.
Outcome<void> SetLevel(std::string_view level);

/// "text" (logfmt), "json" or "journal" (priorities for journald); "auto" picks journal under
/// systemd, else text. Errors: kInvalidArgument.
Outcome<void> SetFormat(std::string_view format);

}  // namespace tinyfog::log
