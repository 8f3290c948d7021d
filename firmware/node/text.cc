#include "tinyfog/node/text.h"

#include <algorithm>

namespace tinyfog::node {

bool AppendText(std::span<char> to, std::size_t& size, std::string_view part) {
  if (part.size() > to.size() - size) return false;
  std::copy(part.begin(), part.end(), to.begin() + size);
  size += part.size();
  return true;
}

bool AppendHex(std::span<char> to, std::size_t& size, std::span<const std::uint8_t> bytes) {
  if (2 * bytes.size() > to.size() - size) return false;
  for (const std::uint8_t byte : bytes) {
    to[size++] = "0123456789abcdef"[byte >> 4];
    to[size++] = "0123456789abcdef"[byte & 15];
  }
  return true;
}

}  // namespace tinyfog::node
