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

/// A text put together in place. What does not fit makes ok() false, for good.
template <std::size_t kCapacity>
class Text {
 public:
  void Clear() {
    size_ = 0;
    ok_ = true;
  }
  Text& Add(std::string_view part) {
    ok_ = AppendText(characters_, size_, part) && ok_;
    return *this;
  }
  Text& AddHex(std::span<const std::uint8_t> bytes) {
    ok_ = AppendHex(characters_, size_, bytes) && ok_;
    return *this;
  }
  std::string_view view() const { return {characters_.data(), size_}; }
  bool ok() const { return ok_; }

 private:
  std::array<char, kCapacity> characters_{};
  std::size_t size_ = 0;
  bool ok_ = true;
};

}  // namespace tinyfog::node
