#pragma once

#include <cstddef>
#include <string>

#include "tinyfog/term/table.h"

namespace tinyfog::term {

/// What is at the other end of a file descriptor.
struct Terminal {
  bool interactive = false;  ///< a terminal that understands cursor movements
  Style style;               ///< width 0 and no colour where it is no terminal
  std::size_t rows = 24;
};

/// Looks at `fd`, the window size, COLUMNS, TERM (dumb) and NO_COLOR. Cheap: call it again to
/// follow the size of the window.
Terminal DetectTerminal(int fd, bool no_color);

/// A block of lines on a terminal that is redrawn in place. Output goes to `fd` with one write per
/// frame, so that frames do not flicker.
class LiveBlock {
 public:
  explicit LiveBlock(int fd) : fd_(fd) {}
  /// Replaces the previous frame by `block` (lines end in "\n"), of which the first rows - 1 lines
  /// are shown.
  void Draw(const std::string& block, std::size_t rows);
  /// Writes `lines` above the block; call Draw afterwards.
  void Print(const std::string& lines);

 private:
  std::string Erase();
  int fd_;
  std::size_t drawn_ = 0;
};

/// Writes everything, also through interrupts and short writes. False when the reader is gone.
bool WriteAll(int fd, const std::string& text);

}  // namespace tinyfog::term
