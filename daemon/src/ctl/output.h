#pragma once

#include <functional>
#include <string>

#include "exit_code.h"
#include "tinyfog/term/json_writer.h"
#include "tinyfog/term/terminal.h"

namespace tinyfog::ctl {

/// Where a command writes: tables or JSON to standard output, progress to standard error.
struct Output {
  bool json = false;
  bool no_color = false;
  term::Terminal out;  ///< standard output
  term::Terminal err;  ///< standard error

  static Output Standard(bool json, bool no_color);
  void Text(const std::string& text) const;
  /// One JSON document on a line of its own.
  void Json(const term::JsonWriter& json) const;
  /// What went wrong, on standard error: a sentence and a hint, or {"error": …}.
  void Report(const Failure& failure) const;
};

}  // namespace tinyfog::ctl
