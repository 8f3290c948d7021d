#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "tinyfog/host/error.h"

namespace tinyfog::ctl {

using Number = std::variant<bool, std::int64_t, std::uint64_t, double>;

/// Bytes of one element of an Open Inference Protocol data type; 0 for unknown ones and BYTES.
std::size_t ElementBytes(std::string_view datatype);

/// The elements of little-endian `bytes`. Errors: kInvalidArgument (type unknown, size no
/// multiple).
Outcome<std::vector<Number>> DecodeNumbers(std::string_view datatype, std::string_view bytes);

double AsDouble(const Number& number);
/// Exact for integers, shortest form that reads back the same for floats.
std::string AsText(const Number& number);

/// Elements of a shape; dimensions below 0 (any) count as 1.
std::uint64_t CountElements(std::span<const std::int64_t> shape);
/// "[1, 49, 10]", -1 as "?".
std::string ShapeText(std::span<const std::int64_t> shape);

struct Ranked {
  std::size_t index = 0;
  Number value;
};

/// The `count` largest values, largest first; of equal ones the lower index first.
std::vector<Ranked> Largest(const std::vector<Number>& values, std::size_t count);

}  // namespace tinyfog::ctl
