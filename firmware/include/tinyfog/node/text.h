#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace tinyfog::node {

/// A text put together in place. What does not fit makes ok() false, for good.
template <std::size_t kCapacity>
class Text {
 public:
  void Clear() {
    size_ = 0;
    ok_ = true;
  }
  Text& Add(std::string_view part) {
    if (part.size() > kCapacity - size_) {
      ok_ = false;
      return *this;
    }
    for (const char c : part) characters_[size_++] = c;
    return *this;
  }
  /// Lower-case hexadecimal, two digits a byte.
  template <class Bytes>
  Text& AddHex(const Bytes& bytes) {
    for (const std::uint8_t byte : bytes) {
      const char digits[] = {"0123456789abcdef"[byte >> 4], "0123456789abcdef"[byte & 15]};
      Add({digits, 2});
    }
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
