#pragma once

#include <cstdint>

namespace tinyfog::tflite {

struct Model;

/// Bytes of all vectors and strings of a verified file, counted as often as they are reached. More
/// than the file's size means that tables are shared.
std::uint64_t UnpackedSize(const Model& model);

}  // namespace tinyfog::tflite
