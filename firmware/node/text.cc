#include "tinyfog/node/text.h"

#include <algorithm>

namespace tinyfog::node {

bool TakeOff(std::string_view& text, std::string_view start) {
  if (!text.starts_with(start)) return false;
  text.remove_prefix(start.size());
  return true;
}

TextBuffer& TextBuffer::Add(std::string_view part) {
  if (part.size() > memory_.size() - size_) return *this;
  std::copy(part.begin(), part.end(), memory_.begin() + size_);
  size_ += part.size();
  return *this;
}

TextBuffer& TextBuffer::Add(const char* literal) {
  const char* end = literal;
  while (*end != 0) ++end;
  return Add({literal, static_cast<std::size_t>(end - literal)});
}

TextBuffer& TextBuffer::AddHex(std::span<const std::uint8_t> bytes) {
  for (const std::uint8_t byte : bytes) {
    static constexpr char kDigits[] = "0123456789abcdef";
    const char digits[] = {kDigits[byte >> 4], kDigits[byte & 15]};
    Add({digits, 2});
  }
  return *this;
}

}  // namespace tinyfog::node
