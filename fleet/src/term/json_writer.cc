#include "tinyfog/term/json_writer.h"

#include <array>
#include <charconv>
#include <cmath>
#include <cstdio>

#include "tinyfog/term/text.h"

namespace tinyfog::term {
namespace {

template <class Float>
std::string Shortest(Float value) {
  std::array<char, 40> buffer{};
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value).ptr;
  return {buffer.data(), end};
}

}  // namespace

void JsonWriter::Separate() {
  if (!first_ && !after_key_) text_ += ',';
  first_ = false;
  after_key_ = false;
}

JsonWriter& JsonWriter::Open(char open, char close) {
  Separate();
  text_ += open;
  closers_.push_back(close);
  first_ = true;
  return *this;
}

JsonWriter& JsonWriter::End() {
  text_ += closers_.back();
  closers_.pop_back();
  first_ = false;
  return *this;
}

JsonWriter& JsonWriter::Key(std::string_view key) {
  Separate();
  Quote(key);
  text_ += ':';
  after_key_ = true;
  return *this;
}

JsonWriter& JsonWriter::Raw(std::string_view text) {
  Separate();
  text_ += text;
  return *this;
}

JsonWriter& JsonWriter::Value(std::string_view text) {
  Separate();
  Quote(text);
  return *this;
}

JsonWriter& JsonWriter::Value(double value) {
  return std::isfinite(value) ? Raw(Shortest(value)) : Null();
}

JsonWriter& JsonWriter::Value(float value) {
  return std::isfinite(value) ? Raw(Shortest(value)) : Null();
}

void JsonWriter::Quote(std::string_view text) {
  text_ += '"';
  std::string run;  // bytes that need no escape, cleaned together so that characters stay whole
  const auto flush = [&] {
    text_ += Printable(run);
    run.clear();
  };
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x20 && byte != '"' && byte != '\\' && byte != 0x7F) {
      run += c;
      continue;
    }
    flush();
    if (c == '"' || c == '\\') {
      text_ += '\\';
      text_ += c;
    } else {
      std::array<char, 8> escape{};
      std::snprintf(escape.data(), escape.size(), "\\u%04x", byte);
      text_ += escape.data();
    }
  }
  flush();
  text_ += '"';
}

}  // namespace tinyfog::term
