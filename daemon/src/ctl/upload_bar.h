#pragma once

#include <cstdint>

#include "output.h"
#include "tinyfog/term/format.h"

namespace tinyfog::ctl {

/// A bar on standard error where that is a terminal, otherwise silence.
class UploadBar {
 public:
  explicit UploadBar(const Output& output) : output_(output), block_(2) {}
  void Show(std::uint64_t received, std::uint64_t size) {
    if (output_.json || !output_.err.interactive) return;
    block_.Draw(term::ProgressBar(received, size, output_.err.style.width) + "\n", 3);
  }

 private:
  const Output& output_;
  term::LiveBlock block_;
};

}  // namespace tinyfog::ctl
