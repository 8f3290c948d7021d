#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

namespace tinyfog::node {

/// Appends `part` to the `size` characters in `to`. False, and nothing done, when it does not fit.
bool AppendText(std::span<char> to, std::size_t& size, std::string_view part);
/// The same with two lower-case hexadecimal digits for each byte.
bool AppendHex(std::span<char> to, std::size_t& size, std::span<const std::uint8_t> bytes);

/// A text put together in place. What does not fit is left out.
template <std::size_t kCapacity>
class Text {
 public:
  void Clear() { size_ = 0; }
  Text& Add(std::string_view part) {
    AppendText(characters_, size_, part);
    return *this;
  }
  Text& AddHex(std::span<const std::uint8_t> bytes) {
    AppendHex(characters_, size_, bytes);
    return *this;
  }
  std::string_view view() const { return {characters_.data(), size_}; }

 private:
  std::size_t size_ = 0;
  std::array<char, kCapacity> characters_;
};

}  // namespace tinyfog::node
