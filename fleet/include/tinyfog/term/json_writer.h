#pragma once

#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tinyfog::term {

/// Builds one JSON document in memory, keys in the order of the calls. Numbers are exact: integers
/// in full, doubles so that they read back the same; infinities and NaN become null. Strings that
/// are not UTF-8 get U+FFFD for what is wrong. The caller balances Object/Array with End.
class JsonWriter {
 public:
  JsonWriter& Object() { return Open('{', '}'); }
  JsonWriter& Array() { return Open('[', ']'); }
  JsonWriter& End();
  JsonWriter& Key(std::string_view key);
  JsonWriter& Value(std::string_view text);
  JsonWriter& Value(const char* text) { return Value(std::string_view(text)); }
  JsonWriter& Value(bool value) { return Raw(value ? "true" : "false"); }
  JsonWriter& Value(double value);
  JsonWriter& Value(float value);
  template <std::integral T>
  JsonWriter& Value(T value) {
    return Raw(std::to_string(value));
  }
  JsonWriter& Null() { return Raw("null"); }
  template <class T>
  JsonWriter& Field(std::string_view key, const T& value) {
    return Key(key).Value(value);
  }

  const std::string& text() const { return text_; }

 private:
  JsonWriter& Open(char open, char close);
  JsonWriter& Raw(std::string_view text);
  void Separate();
  void Quote(std::string_view text);
  std::string text_;
  std::vector<char> closers_;
  bool first_ = true;
  bool after_key_ = false;
};

}  // namespace tinyfog::term
