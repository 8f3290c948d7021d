#include "tinyfog/wire/model_package.h"

namespace tinyfog::wire {
namespace {

constexpr std::uint32_t kMagic = 0x54464D50;  // "TFMP"
constexpr std::uint8_t kFormat = 1;
constexpr std::uint32_t kHeadBytes = 8;
constexpr std::uint32_t kSignatureBytes = sizeof(EcdsaSignature);
constexpr std::uint32_t kLargestTfm = 0x7FFFFFFF;

bool IsName(std::string_view text) {
  if (text.empty() || text.size() > kModelNameBytes || text[0] == '.') return false;
  for (const char c : text) {
    const bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    const bool is_digit = c >= '0' && c <= '9';
    if (!is_letter && !is_digit && c != '_' && c != '.' && c != '-') return false;
  }
  return true;
}

bool IsHardware(std::string_view text) {
  if (text.size() > kHardwareIdBytes) return false;
  for (const char c : text) {
    if (c < 0x20 || c > 0x7E) return false;
  }
  return true;
}

// Whether some codes have these lengths: none is another's beginning.
bool IsCode(Bytes table) {
  std::uint32_t taken = 0;  // of the 2^15 codes of the greatest length
  for (const std::uint8_t pair : table) {
    if (pair >> 4 != 0) taken += 1u << (15 - (pair >> 4));
    if ((pair & 15) != 0) taken += 1u << (15 - (pair & 15));
  }
  return taken != 0 && taken <= 1u << 15;
}

bool AreCodes(Bytes codes) {
  if (codes.size() % kCodeTableBytes != 0) return false;
  for (; !codes.empty(); codes = codes.subspan(kCodeTableBytes)) {
    if (!IsCode(codes.first(kCodeTableBytes))) return false;
  }
  return true;
}

bool IsValid(const ModelManifest& m) {
  return IsName(m.name) && m.version != 0 && IsHardware(m.hardware) && m.tfm_bytes != 0 &&
         m.tfm_bytes <= kLargestTfm && !m.operators.empty() &&
         m.operators.size() <= kOperatorBytes && AreCodes(m.codes);
}

struct Head {
  std::uint8_t target;
  std::uint32_t bytes;  // of the manifest
};

Result<Head> TakeHead(Reader& reader) {
  if (reader.U32() != kMagic) return Status::kNotFound;
  if (reader.U8() != kFormat) return reader.ok() ? Status::kUnimplemented : Status::kOutOfRange;
  const std::uint8_t target = reader.U8();
  const std::uint32_t bytes = reader.U16();
  if (!reader.ok()) return Status::kOutOfRange;
  if (bytes < kHeadBytes + kSignatureBytes || bytes > kManifestBytes) {
    return Status::kInvalidArgument;
  }
  return Head{target, bytes};
}

template <std::size_t kBytes>
void TakeArray(Reader& reader, std::array<std::uint8_t, kBytes>& to) {
  const Bytes from = reader.Take(kBytes);
  for (std::size_t i = 0; i < from.size(); ++i) to[i] = from[i];
}

void TakeFields(Reader& reader, ModelManifest& m) {
  for (std::uint32_t* number :
       {&m.version, &m.tfm_version, &m.arena_bytes, &m.tfm_bytes, &m.golden_seed,
        &m.golden_input_crc, &m.golden_output_crc, &m.security_counter}) {
    *number = reader.U32();
  }
  TakeArray(reader, m.digest);
  TakeArray(reader, m.key_hash);
  m.name = reader.Text();
  m.hardware = reader.Text();
  m.operators = reader.Block();
  m.codes = reader.Block();
}

void PutFields(Writer& writer, const ModelManifest& m) {
  for (const std::uint32_t number :
       {m.version, m.tfm_version, m.arena_bytes, m.tfm_bytes, m.golden_seed, m.golden_input_crc,
        m.golden_output_crc, m.security_counter}) {
    writer.U32(number);
  }
  writer.Put(m.digest);
  writer.Put(m.key_hash);
  writer.Text(m.name);
  writer.Text(m.hardware);
  writer.Block(m.operators);
  writer.Block(m.codes);
}

}  // namespace

Result<ModelManifest> ParseModelManifest(Bytes bytes) {
  Reader reader(bytes);
  Head head;
  TINYFOG_TRY_ASSIGN(head, TakeHead(reader));
  if (head.bytes > bytes.size()) return Status::kOutOfRange;
  ModelManifest manifest;
  manifest.target = head.target;
  manifest.signed_bytes = bytes.first(head.bytes - kSignatureBytes);
  Reader fields(manifest.signed_bytes.subspan(kHeadBytes));
  TakeFields(fields, manifest);
  if (!fields.ok() || !fields.left().empty() || !IsValid(manifest)) {
    return Status::kInvalidArgument;
  }
  Reader signature(bytes.subspan(head.bytes - kSignatureBytes));
  TakeArray(signature, manifest.signature);
  return manifest;
}

std::uint32_t ModelManifestBytes(Bytes bytes) {
  Reader reader(bytes);
  const auto head = TakeHead(reader);
  return head.ok() && head->bytes <= bytes.size() ? head->bytes : 0;
}

Bytes WriteModelManifest(const ModelManifest& manifest, std::span<std::uint8_t> buffer) {
  if (!IsValid(manifest) || buffer.size() < kHeadBytes) return {};
  Writer fields(buffer.subspan(kHeadBytes));
  PutFields(fields, manifest);
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
