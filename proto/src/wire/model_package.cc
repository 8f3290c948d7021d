#include "tinyfog/wire/model_package.h"

#include <algorithm>

#include "field.h"
#include "tinyfog/wire/names.h"

namespace tinyfog::wire {
namespace {

constexpr std::uint32_t kMagic = 0x54464D50;  // "TFMP"
constexpr std::uint8_t kFormat = 1;
constexpr std::uint32_t kHeadBytes = 8;
constexpr std::uint32_t kSignatureBytes = sizeof(EcdsaSignature);
constexpr std::uint32_t kLargestTfm = 0x7FFFFFFF;

// What follows the head, in this order.
constexpr Field kFields[] = {TINYFOG_FIELD(ModelManifest, version),
                             TINYFOG_FIELD(ModelManifest, tfm_version),
                             TINYFOG_FIELD(ModelManifest, arena_bytes),
                             TINYFOG_FIELD(ModelManifest, tfm_bytes),
                             TINYFOG_FIELD(ModelManifest, golden_seed),
                             TINYFOG_FIELD(ModelManifest, golden_input_crc),
                             TINYFOG_FIELD(ModelManifest, golden_output_crc),
                             TINYFOG_FIELD(ModelManifest, security_counter),
                             TINYFOG_FIELD(ModelManifest, digest),
                             TINYFOG_FIELD(ModelManifest, key_hash),
                             TINYFOG_FIELD(ModelManifest, name),
                             TINYFOG_FIELD(ModelManifest, hardware),
                             TINYFOG_FIELD(ModelManifest, operators),
                             TINYFOG_FIELD(ModelManifest, codes)};

// Whether some codes have the lengths of each table: none is another's beginning.
bool AreCodes(Bytes codes) {
  constexpr std::uint32_t kAll = 1u << 15;  // codes of the greatest length
  std::uint32_t taken = 0;                  // of them by the table
  std::size_t read = 0;
  for (const std::uint8_t pair : codes) {
    for (const int length : {pair >> 4, pair & 15}) {
      if (length != 0) taken += kAll >> length;
    }
    if (++read % kCodeTableBytes != 0) continue;
    if (taken == 0 || taken > kAll) return false;
    taken = 0;
  }
  return read % kCodeTableBytes == 0;
}

bool IsValid(const ModelManifest& m) {
  return IsName(m.name) && m.name[0] != '.' && m.version != 0 &&
         m.hardware.size() <= kHardwareIdBytes && IsPrintable(m.hardware) && m.tfm_bytes != 0 &&
         m.tfm_bytes <= kLargestTfm && !m.operators.empty() &&
         m.operators.size() <= kOperatorBytes && AreCodes(m.codes);
}

// `whole`: bytes of the manifest.
Status TakeHead(Reader& reader, std::uint8_t& target, std::uint32_t& whole) {
  if (reader.U32() != kMagic) return Status::kNotFound;
  const std::uint8_t format = reader.U8();
  if (reader.ok() && format != kFormat) return Status::kUnimplemented;
  target = reader.U8();
  whole = reader.U16();
  if (!reader.ok()) return Status::kOutOfRange;
  if (whole < kHeadBytes + kSignatureBytes || whole > kManifestBytes) {
    return Status::kInvalidArgument;
  }
  return whole - kHeadBytes <= reader.left().size() ? Status::kOk : Status::kOutOfRange;
}

}  // namespace

Status ParseModelManifest(Bytes bytes, ModelManifest& manifest) {
  Reader reader(bytes);
  std::uint32_t whole = 0;
  const Status status = TakeHead(reader, manifest.target, whole);
  if (status != Status::kOk) return status;
  manifest.signed_bytes = bytes.first(whole - kSignatureBytes);
  Reader fields(reader.Take(whole - kHeadBytes - kSignatureBytes));
  for (const Field& field : kFields) {
    static_cast<void>(Assign(&manifest, field, TakeValue(fields, field)));
  }
  const Bytes signature = reader.Take(kSignatureBytes);
  std::copy(signature.begin(), signature.end(), manifest.signature.begin());
  const bool is_good = fields.ok() && fields.left().empty() && IsValid(manifest);
  return is_good ? Status::kOk : Status::kInvalidArgument;
}

std::uint32_t ModelManifestBytes(Bytes bytes) {
  Reader reader(bytes);
  std::uint8_t target = 0;
  std::uint32_t whole = 0;
  return TakeHead(reader, target, whole) == Status::kOk ? whole : 0;
}

Bytes WriteModelManifest(const ModelManifest& manifest, std::span<std::uint8_t> buffer) {
  if (!IsValid(manifest) || buffer.size() < kHeadBytes) return {};
  Writer fields(buffer.subspan(kHeadBytes));
  for (const Field& field : kFields) PutValue(fields, field, ValueOf(&manifest, field));
  const std::size_t bytes = kHeadBytes + fields.size() + kSignatureBytes;
  if (!fields.ok() || bytes > kManifestBytes) return {};
  Writer head(buffer);
  head.U32(kMagic);
  head.U8(kFormat);
  head.U8(manifest.target);
  head.U16(static_cast<std::uint16_t>(bytes));
  return buffer.first(kHeadBytes + fields.size());
}

Bytes WriteManifestSignature(Bytes signed_bytes, const EcdsaSignature& signature,
                             std::span<std::uint8_t> buffer) {
  Writer writer(buffer);
  writer.Put(signed_bytes);  // onto itself, when it is there already
  writer.Put(signature);
  return writer.ok() ? writer.written() : Bytes();
}

}  // namespace tinyfog::wire
