#pragma once

#include <cstdint>

/// The records of a .tfm file, read in place. All fields are little-endian.
/// Source: docs/formats/tfm.md.
namespace tinyfog::nn {

inline constexpr std::uint32_t kTfmMagic = 0x314D4654;  // "TFM1"
inline constexpr std::uint16_t kFormatVersion = 1;

/// Element types of tensors.
enum class Type : std::uint8_t {
  kInt8 = 0,
  kUint8 = 1,
  kInt16 = 2,
  kInt32 = 3,
  kInt64 = 4,
  kFloat32 = 5,
  kBool = 6,
};
inline constexpr std::uint8_t kTypeCount = 7;

/// Bytes of one element.
constexpr std::uint32_t SizeOf(Type type) {
  constexpr std::uint8_t kSizes[kTypeCount] = {1, 1, 2, 4, 8, 4, 1};
  return kSizes[static_cast<std::uint8_t>(type)];
}

/// Whose weight layout a file has. A kernel variant opens files of its own target only.
enum class Target : std::uint8_t {
  kPortable = 0,
  kCortexMDsp = 1,
  kCortexMHelium = 2,
  kX86Pairs = 3,  // AVX2
  kX86Quads = 4,  // AVX-VNNI and AVX-512 VNNI
};

/// Where data lies: an offset in the arena, or with kConstantBit in the file's constants.
using Ref = std::uint32_t;
inline constexpr Ref kConstantBit = 0x80000000u;
/// A Ref field that refers to nothing.
inline constexpr Ref kNoRef = 0xFFFFFFFFu;

struct Header {
  std::uint32_t magic;
  std::uint16_t version;
  std::uint8_t target;
  std::uint8_t reserved;
  std::uint32_t file_bytes;
  std::uint32_t crc32;  // of the bytes from 16 to the end
  std::uint32_t arena_bytes;
  std::uint16_t step_count;
  std::uint16_t tensor_count;
  std::uint16_t input_count;
  std::uint16_t output_count;
  std::uint16_t state_count;
  std::uint16_t shape_words;
  std::uint32_t steps;      // file offset of step_count Refs: where each StepRecord lies
  std::uint32_t tensors;    // file offset of tensor_count TensorRecords
  std::uint32_t ports;      // file offset of the inputs', then the outputs' PortRecords
  std::uint32_t states;     // file offset of state_count StateRecords
  std::uint32_t shapes;     // file offset of shape_words uint32: dimensions of tensors
  std::uint32_t constants;  // file offset, a multiple of 16
  std::uint32_t constant_bytes;
};
static_assert(sizeof(Header) == 60);

/// An operator to run: this, followed by `param_bytes` of the operator's parameter struct.
struct StepRecord {
  std::uint16_t opcode;
  std::uint16_t param_bytes;
};
static_assert(sizeof(StepRecord) == 4);

/// A tensor that is alive at some cut. Cut c is the boundary before step c; the last one is behind
/// the last step. Its value is valid at each cut from `first_cut` to `last_cut`.
struct TensorRecord {
  Ref data;
  std::uint32_t bytes;
  std::uint16_t first_cut;
  std::uint16_t last_cut;
  std::uint8_t type;
  std::uint8_t rank;
  std::uint16_t shape;  // index of the first dimension among the shape words
};
static_assert(sizeof(TensorRecord) == 16);

/// An input or output of the model. real = scale * (value - zero_point); scale 0: not quantised.
struct PortRecord {
  std::uint16_t tensor;
  std::uint16_t name_bytes;
  std::uint32_t name;  // file offset; no terminator
  float scale;
  std::int32_t zero_point;
};
static_assert(sizeof(PortRecord) == 16);

/// Arena bytes that live on between runs and start as `fill`.
struct StateRecord {
  std::uint32_t offset;
  std::uint32_t bytes;
  std::uint32_t fill;
};
static_assert(sizeof(StateRecord) == 12);

}  // namespace tinyfog::nn
