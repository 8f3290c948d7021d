#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "tinyfog/config/config.h"

namespace tinyfog::config {

/// A value of a type that no key has: a date, a fraction, a mixed list.
struct Other {
  std::string type;
  bool operator==(const Other&) const = default;
};

using Value = std::variant<bool, std::int64_t, std::string, std::vector<std::string>, Other>;

/// One "key = value" of a document, or an empty section.
struct Entry {
  std::string name;  ///< with its sections: "mqtt.tls.verify"
  Value value;
  int line = 0;
  int column = 0;
  bool section = false;  ///< an empty [section]; `value` means nothing
};

/// The entries of a TOML document in their order in the file. Errors: one Problem (syntax).
Result<std::vector<Entry>, std::vector<Problem>> ReadDocument(std::string_view toml);

}  // namespace tinyfog::config
