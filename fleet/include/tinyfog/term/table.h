#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

namespace tinyfog::term {

enum class Tone : unsigned char { kPlain, kGood, kWarning, kBad, kDim, kTitle };

/// `text` in the tone's colour; unchanged when `color` is off.
std::string Colored(const std::string& text, Tone tone, bool color);

struct Cell {
  Cell(std::string t = "", Tone tn = Tone::kPlain)  // NOLINT: implicit by intent
      : text(std::move(t)), tone(tn) {}
  Cell(const char* t) : text(t) {}  // NOLINT: implicit by intent
  std::string text;
  Tone tone = Tone::kPlain;
};

struct Column {
  enum class Align : unsigned char { kLeft, kRight };
  std::string title;
  Align align = Align::kLeft;
  bool shrinks = false;  ///< may be shortened (to 6 columns at least) where the terminal is narrow
};

/// How wide and colourful output may be. width 0: unlimited (no terminal).
struct Style {
  std::size_t width = 0;
  bool color = false;
};

/// Rows under a line of titles, aligned by display width. Cells go through Printable.
class Table {
 public:
  explicit Table(std::vector<Column> columns) : columns_(std::move(columns)) {}
  /// Missing cells are empty, surplus ones are ignored.
  void Row(std::vector<Cell> cells) { rows_.push_back(std::move(cells)); }
  bool empty() const { return rows_.empty(); }
  /// Lines end in "\n"; none is wider than style.width, none ends in spaces.
  std::string Render(const Style& style) const;

 private:
  std::vector<std::size_t> Widths(std::size_t limit) const;
  std::string Line(const std::vector<Cell>& cells, const std::vector<std::size_t>& widths,
                   const Style& style) const;
  std::vector<Column> columns_;
  std::vector<std::vector<Cell>> rows_;
};

/// "name:   value" lines with aligned values.
std::string Pairs(const std::vector<std::pair<std::string, Cell>>& pairs, const Style& style);

}  // namespace tinyfog::term
