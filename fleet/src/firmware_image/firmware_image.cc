#include "tinyfog/firmware_image/firmware_image.h"

#include <algorithm>

#include "tinyfog/firmware_image/signature.h"

namespace tinyfog::firmware_image {
namespace {

using Buffer = std::vector<std::uint8_t>;

void Put(Buffer& to, std::uint64_t value, int bytes) {
  for (int i = 0; i < bytes; ++i) to.push_back(static_cast<std::uint8_t>(value >> 8 * i));
}

void PutTlv(Buffer& to, wire::ImageTlv type, wire::Bytes value) {
  Put(to, static_cast<std::uint16_t>(type), 2);
  Put(to, value.size(), 2);
  to.insert(to.end(), value.begin(), value.end());
}

void PutArea(Buffer& to, std::uint16_t magic, const Buffer& tlvs) {
  Put(to, magic, 2);
  Put(to, tlvs.size() + 4, 2);
  to.insert(to.end(), tlvs.begin(), tlvs.end());
}

Outcome<void> CheckContents(const Contents& contents) {
  const std::string& id = contents.hardware_id;
  if (id.empty() || id.size() > wire::kHardwareIdBytes ||
      std::any_of(id.begin(), id.end(), [](char c) { return c < 0x20 || c > 0x7E; })) {
    return InvalidArgument("the hardware id must be 1 to 32 printable ASCII characters");
  }
  if (contents.header_bytes < wire::kImageHeaderBytes || contents.header_bytes > 0xFFFF) {
    return InvalidArgument("the header must take 32 to 65535 bytes");
  }
  if (contents.code.empty() || contents.code.size() > 1u << 30) {
    return InvalidArgument("the code must be 1 byte to 1 GiB");
  }
  return {};
}

Buffer MakeHeader(const Contents& contents, std::size_t protected_bytes) {
  Buffer out;
  Put(out, wire::kImageMagic, 4);
  Put(out, 0, 4);
  Put(out, contents.header_bytes, 2);
  Put(out, protected_bytes, 2);
  Put(out, contents.code.size(), 4);
  Put(out, 0, 4);
  Put(out, contents.version.major, 1);
  Put(out, contents.version.minor, 1);
  Put(out, contents.version.revision, 2);
  Put(out, contents.version.build, 4);
  out.resize(contents.header_bytes);
  return out;
}

const char* Reason(Status status) {
  switch (status) {
    case Status::kNotFound:
      return "this is no firmware image: it does not begin with 3d b8 f3 96";
    case Status::kOutOfRange:
      return "the image is truncated, or its TLVs take over 1024 bytes";
    default:
      return "the image is malformed, of a kind that does not run in place, or lacks one of: "
             "security "
             "counter (0x50), hardware id (0xa0), both protected; SHA-256 (0x10), key hash (0x01), "
             "ECDSA signature (0x22)";
  }
}

}  // namespace

Outcome<Buffer> Sign(const Contents& contents, const Key& key) {
  TINYFOG_TRY(CheckContents(contents));
  Buffer guarded;
  Buffer counter;
  Put(counter, contents.security_counter, 4);
  PutTlv(guarded, wire::ImageTlv::kSecurityCounter, counter);
  PutTlv(guarded, wire::ImageTlv::kHardwareId, wire::AsBytes(contents.hardware_id));

  Buffer image = MakeHeader(contents, guarded.size() + 4);
  image.insert(image.end(), contents.code.begin(), contents.code.end());
  PutArea(image, wire::kImageProtectedTlvMagic, guarded);

  const wire::Sha256 digest = Digest(image);
  TINYFOG_TRY_ASSIGN(const wire::EcdsaSignature signature, SignDigest(key, digest));
  Buffer plain;
  PutTlv(plain, wire::ImageTlv::kSha256, digest);
  PutTlv(plain, wire::ImageTlv::kKeyHash, KeyHash(key));
  PutTlv(plain, wire::ImageTlv::kEcdsaSignature, SignatureAsDer(signature));
  PutArea(image, wire::kImageTlvMagic, plain);
  return image;
}

Outcome<Details> Read(std::span<const std::uint8_t> image) {
  const auto limit = static_cast<std::uint32_t>(std::min<std::size_t>(image.size(), UINT32_MAX));
  Details details;
  Status read = wire::ParseImageHeader(image, limit, details.header);
  if (read != Status::kOk) return InvalidArgument(Reason(read));
  const std::uint32_t offset = details.header.TlvOffset();
  read = wire::ParseImageTlvs(details.header, image.subspan(offset), details.tlvs);
  if (read != Status::kOk) return InvalidArgument(Reason(read));
  details.bytes = offset + details.tlvs.bytes;
  return details;
}

Outcome<Details> Verify(std::span<const std::uint8_t> image, const Key& key) {
  Details details;
  TINYFOG_TRY_ASSIGN(details, Read(image));
  if (Digest(image.first(details.header.HashedBytes())) != details.tlvs.digest) {
    return Error{Status::kDataLoss, "the image is damaged: its SHA-256 differs"};
  }
  if (KeyHash(key) != details.tlvs.key_hash) {
    return Error{Status::kUnauthenticated, "the image is signed by another key"};
  }
  if (!IsSigned(key, details.tlvs.digest, details.tlvs.signature)) {
    return Error{Status::kUnauthenticated, "the image's signature is wrong"};
  }
  return details;
}

}  // namespace tinyfog::firmware_image
