#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace tinyfog::node {

/// Takes `start` off the front of `text`. False, and nothing done, when that begins otherwise.
bool TakeOff(std::string_view& text, std::string_view start);

/// A text put together in memory of its owner. A part that does not fit is left out.
class TextBuffer {
 public:
  explicit TextBuffer(std::span<char> memory) : memory_(memory) {}
  TextBuffer(const TextBuffer&) = delete;
  TextBuffer& operator=(const TextBuffer&) = delete;

  void Clear() { size_ = 0; }
  TextBuffer& Add(std::string_view part);
  TextBuffer& Add(const char* literal);
  /// Two lower-case hexadecimal digits for each byte.
  TextBuffer& AddHex(std::span<const std::uint8_t> bytes);
  std::string_view view() const { return {memory_.data(), size_}; }

 private:
  std::span<char> memory_;
  std::size_t size_ = 0;
};

/// One with memory of its own.
template <std::size_t kCapacity>
class Text : public TextBuffer {
 public:
  Text() : TextBuffer(characters_) {}

 private:
  char characters_[kCapacity];
};

}  // namespace tinyfog::node
