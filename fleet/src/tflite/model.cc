#include "tinyfog/tflite/model.h"

#include <flatbuffers/flatbuffers.h>

#include <algorithm>
#include <cstring>

#include "tinyfog/tflite/schema_generated.h"
#include "unpacked_size.h"

namespace tinyfog::tflite {
namespace {

constexpr std::size_t kIdentifierEnd = 8;
// The scalars are read in place, the widest has eight bytes.
constexpr std::size_t kAlignment = 8;

/// The verifier looks at the alignment of everything but the elements of vectors; these are the
/// only ones that need more than the vector's length does.
bool ZeroPointsAreAligned(const Model& file) {
  if (!file.subgraphs()) return true;
  for (const SubGraph* graph : *file.subgraphs()) {
    if (!graph->tensors()) continue;
    for (const Tensor* tensor : *graph->tensors()) {
      const auto* q = tensor->quantization();
      if (!q || !q->zero_point()) continue;
      if (reinterpret_cast<std::uintptr_t>(q->zero_point()->Data()) % kAlignment != 0) return false;
    }
  }
  return true;
}

Outcome<std::unique_ptr<ModelT>> ParseAligned(std::span<const std::uint8_t> bytes) {
  // Each table needs at least an offset to it and one to its vtable. Without this bound a small
  // file that names one table many times unpacks into gigabytes.
  const auto max_tables = std::min<std::size_t>(1'000'000, bytes.size() / 8);
  flatbuffers::Verifier verifier(bytes.data(), bytes.size(), 64,
                                 static_cast<flatbuffers::uoffset_t>(max_tables));
  if (!VerifyModelBuffer(verifier) || !ZeroPointsAreAligned(*GetModel(bytes.data()))) {
    return InvalidArgument("not a whole TensorFlow Lite file: it is damaged or truncated");
  }
  const Model& file = *GetModel(bytes.data());
  if (UnpackedSize(file) > 4 * bytes.size()) {
    return InvalidArgument(
        "the TensorFlow Lite file names the same data again and again; it would unpack into many "
        "times its size");
  }
  std::unique_ptr<ModelT> model(file.UnPack());
  TINYFOG_TRY(Check(*model));
  return model;
}

}  // namespace

Outcome<std::unique_ptr<ModelT>> Parse(std::span<const std::uint8_t> bytes) {
  if (bytes.size() < kIdentifierEnd || std::memcmp(bytes.data() + 4, ModelIdentifier(), 4) != 0) {
    return InvalidArgument("not a TensorFlow Lite file: there is no \"TFL3\" at byte 4");
  }
  if (bytes.size() >= FLATBUFFERS_MAX_BUFFER_SIZE) {
    return Error{Status::kUnimplemented, "TensorFlow Lite files above 2 GB are not supported"};
  }
  if (reinterpret_cast<std::uintptr_t>(bytes.data()) % kAlignment == 0) return ParseAligned(bytes);
  return ParseAligned(std::vector<std::uint8_t>(bytes.begin(), bytes.end()));
}

std::vector<std::uint8_t> Serialize(const ModelT& model) {
  flatbuffers::FlatBufferBuilder builder(4096);
  FinishModelBuffer(builder, Model::Pack(builder, &model));
  return {builder.GetBufferPointer(), builder.GetBufferPointer() + builder.GetSize()};
}

}  // namespace tinyfog::tflite
