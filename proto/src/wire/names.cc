#include "tinyfog/wire/names.h"

namespace tinyfog::wire {

bool IsName(std::string_view text, bool colons) {
  if (text.empty() || text.size() > kNameBytes) return false;
  for (const char c : text) {
    const char small = static_cast<char>(c | 0x20);
    const bool is_letter = small >= 'a' && small <= 'z';
    // '-', '.', '0' to '9' and ':' follow each other but for '/'.
    const bool is_other = c >= '-' && c <= (colons ? ':' : '9') && c != '/';
    if (!is_letter && !is_other && c != '_') return false;
  }
  return true;
}

bool IsPrintable(std::string_view text) {
  for (const char c : text) {
    if (c < 0x20 || c > 0x7E) return false;
  }
  return true;
}

}  // namespace tinyfog::wire
