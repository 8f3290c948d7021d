#include "tinyfog/term/table.h"

#include <algorithm>

#include "tinyfog/term/text.h"

namespace tinyfog::term {
namespace {

constexpr std::size_t kGap = 2;
constexpr std::size_t kNarrowest = 6;

const char* Code(Tone tone) {
  switch (tone) {
    case Tone::kGood:
      return "32";
    case Tone::kWarning:
      return "33";
    case Tone::kBad:
      return "31";
    case Tone::kDim:
      return "2";
    case Tone::kTitle:
      return "1";
    case Tone::kPlain:
      break;
  }
  return "";
}

std::size_t LineWidth(const std::vector<std::size_t>& widths) {
  std::size_t sum = widths.empty() ? 0 : kGap * (widths.size() - 1);
  for (std::size_t width : widths) sum += width;
  return sum;
}

}  // namespace

std::string Colored(const std::string& text, Tone tone, bool color) {
  if (!color || tone == Tone::kPlain || text.empty()) return text;
  return std::string("\x1b[") + Code(tone) + "m" + text + "\x1b[0m";
}

std::vector<std::size_t> Table::Widths(std::size_t limit) const {
  std::vector<std::size_t> widths;
  for (std::size_t c = 0; c < columns_.size(); ++c) {
    std::size_t width = DisplayWidth(columns_[c].title);
    for (const auto& row : rows_) {
      if (c < row.size()) width = std::max(width, DisplayWidth(row[c].text));
    }
    widths.push_back(width);
  }
  while (limit > 0 && LineWidth(widths) > limit) {
    std::size_t widest = columns_.size();
    for (std::size_t c = 0; c < columns_.size(); ++c) {
      const bool can = columns_[c].shrinks && widths[c] > kNarrowest;
      if (can && (widest == columns_.size() || widths[c] > widths[widest])) widest = c;
    }
    if (widest == columns_.size()) break;
    --widths[widest];
  }
  return widths;
}

std::string Table::Line(const std::vector<Cell>& cells, const std::vector<std::size_t>& widths,
                        const Style& style) const {
  std::string line;
  std::size_t used = 0;
  std::size_t pending = 0;  // spaces owed, not written at the end of a line
  for (std::size_t c = 0; c < columns_.size(); ++c) {
    if (c > 0) pending += kGap;
    std::size_t width = widths[c];
    if (style.width > 0) {
      if (used + pending >= style.width) break;
      width = std::min(width, style.width - used - pending);
    }
    const Cell cell = c < cells.size() ? cells[c] : Cell();
    const std::string text = Fit(cell.text, width);
    const std::size_t slack = width - DisplayWidth(text);
    const bool right = columns_[c].align == Column::Align::kRight;
    if (right) pending += slack;
    if (!text.empty()) {
      line.append(pending, ' ');
      line += Colored(text, cell.tone, style.color);
      used += pending + DisplayWidth(text);
      pending = 0;
    }
    if (!right) pending += slack;
  }
  return line + "\n";
}

std::string Table::Render(const Style& style) const {
  const auto widths = Widths(style.width);
  std::vector<Cell> titles;
  for (const Column& column : columns_) titles.emplace_back(column.title, Tone::kTitle);
  std::string out = Line(titles, widths, style);
  for (const auto& row : rows_) out += Line(row, widths, style);
  return out;
}

std::string Pairs(const std::vector<std::pair<std::string, Cell>>& pairs, const Style& style) {
  std::size_t width = 0;
  for (const auto& [name, value] : pairs) width = std::max(width, DisplayWidth(name) + 1);
  std::string out;
  for (const auto& [name, value] : pairs) {
    out += name + ":" + std::string(width - DisplayWidth(name) + 1, ' ');
    const std::size_t room = style.width > width + 2 ? style.width - width - 2 : 0;
    out +=
        Colored(room > 0 ? Fit(value.text, room) : Printable(value.text), value.tone, style.color);
    out += "\n";
  }
  return out;
}

}  // namespace tinyfog::term
