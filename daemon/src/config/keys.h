#pragma once

#include <functional>
#include <string>
#include <vector>

#include "document.h"
#include "tinyfog/config/config.h"

namespace tinyfog::config {

/// One key of the configuration file.
struct Key {
  std::string name;                                ///< "section.key"
  std::string expects;                             ///< "a whole number from 0 to 1"
  std::function<bool(Config&, const Value&)> set;  ///< false: the value is not what is expected
  std::function<Value(const Config&)> get;
  bool live = false;    ///< takes effect on reload
  bool secret = false;  ///< never printed
};

/// All keys, section by section.
const std::vector<Key>& Keys();

/// A rule between keys that a configuration breaks.
struct Conflict {
  std::string key;  ///< where to point
  std::string text;
};
std::vector<Conflict> Conflicts(const Config& config);

}  // namespace tinyfog::config
