#include "values.h"

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <cmath>
#include <cstring>

namespace tinyfog::ctl {
namespace {

template <class T>
T Load(const char* at) {
  static_assert(std::endian::native == std::endian::little);
  T value;
  std::memcpy(&value, at, sizeof value);
  return value;
}

double HalfToDouble(std::uint16_t half) {
  const int exponent = (half >> 10) & 31;
  const double fraction = (half & 1023) / 1024.0;
  double value = std::ldexp(1 + fraction, exponent - 15);
  if (exponent == 0) value = std::ldexp(fraction, -14);
  if (exponent == 31) value = fraction == 0 ? INFINITY : NAN;
  return (half & 0x8000) != 0 ? -value : value;
}

using Decoder = Number (*)(const char*);

template <class T, class Wide>
Number DecodeAs(const char* at) {
  return static_cast<Wide>(Load<T>(at));
}

struct Type {
  std::string_view name;
  std::size_t bytes;
  Decoder decode;
};

constexpr std::array kTypes{
    Type{"BOOL", 1, [](const char* p) -> Number { return *p != 0; }},
    Type{"INT8", 1, DecodeAs<std::int8_t, std::int64_t>},
    Type{"INT16", 2, DecodeAs<std::int16_t, std::int64_t>},
    Type{"INT32", 4, DecodeAs<std::int32_t, std::int64_t>},
    Type{"INT64", 8, DecodeAs<std::int64_t, std::int64_t>},
    Type{"UINT8", 1, DecodeAs<std::uint8_t, std::uint64_t>},
    Type{"UINT16", 2, DecodeAs<std::uint16_t, std::uint64_t>},
    Type{"UINT32", 4, DecodeAs<std::uint32_t, std::uint64_t>},
    Type{"UINT64", 8, DecodeAs<std::uint64_t, std::uint64_t>},
    Type{"FP16", 2, [](const char* p) -> Number { return HalfToDouble(Load<std::uint16_t>(p)); }},
    Type{"FP32", 4, DecodeAs<float, double>},
    Type{"FP64", 8, DecodeAs<double, double>},
};

const Type* Find(std::string_view name) {
  const auto* it =
      std::find_if(kTypes.begin(), kTypes.end(), [&](const Type& t) { return t.name == name; });
  return it == kTypes.end() ? nullptr : it;
}

}  // namespace

std::size_t ElementBytes(std::string_view datatype) {
  const Type* type = Find(datatype);
  return type == nullptr ? 0 : type->bytes;
}

Outcome<std::vector<Number>> DecodeNumbers(std::string_view datatype, std::string_view bytes) {
  const Type* type = Find(datatype);
  if (type == nullptr)
    return InvalidArgument("data type " + std::string(datatype) + " is not known here");
  if (bytes.size() % type->bytes != 0) {
    return InvalidArgument(std::to_string(bytes.size()) + " bytes are no whole number of " +
                           std::string(datatype) + " elements");
  }
  std::vector<Number> values;
  values.reserve(bytes.size() / type->bytes);
  for (std::size_t at = 0; at < bytes.size(); at += type->bytes) {
    values.push_back(type->decode(bytes.data() + at));
  }
  return values;
}

double AsDouble(const Number& number) {
  return std::visit([](auto v) { return static_cast<double>(v); }, number);
}

std::string AsText(const Number& number) {
  if (const auto* flag = std::get_if<bool>(&number)) return *flag ? "true" : "false";
  if (const auto* i = std::get_if<std::int64_t>(&number)) return std::to_string(*i);
  if (const auto* u = std::get_if<std::uint64_t>(&number)) return std::to_string(*u);
  // FP16 and FP32 came from floats: print them as such.
  std::array<char, 40> buffer{};
  const double value = std::get<double>(number);
  const auto narrow = static_cast<float>(value);
  const bool exact = static_cast<double>(narrow) == value;
  char* const last = buffer.data() + buffer.size();
  const auto end = exact ? std::to_chars(buffer.data(), last, narrow).ptr
                         : std::to_chars(buffer.data(), last, value).ptr;
  return {buffer.data(), end};
}

std::uint64_t CountElements(std::span<const std::int64_t> shape) {
  std::uint64_t count = 1;
  for (const std::int64_t dimension : shape) {
    if (dimension >= 0) count *= static_cast<std::uint64_t>(dimension);
  }
  return count;
}

std::string ShapeText(std::span<const std::int64_t> shape) {
  std::string text;
  for (const std::int64_t dimension : shape) {
    text += (text.empty() ? "" : ", ") + (dimension < 0 ? "?" : std::to_string(dimension));
  }
  return "[" + text + "]";
}

std::vector<Ranked> Largest(const std::vector<Number>& values, std::size_t count) {
  std::vector<Ranked> ranked;
  for (std::size_t i = 0; i < values.size(); ++i) ranked.push_back({i, values[i]});
  std::stable_sort(ranked.begin(), ranked.end(), [](const Ranked& a, const Ranked& b) {
    const double x = AsDouble(a.value);
    const double y = AsDouble(b.value);
    return std::isnan(y) ? !std::isnan(x) : x > y;
  });
  ranked.resize(std::min(ranked.size(), count));
  return ranked;
}

}  // namespace tinyfog::ctl
