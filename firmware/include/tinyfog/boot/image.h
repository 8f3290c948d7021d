#pragma once

#include <cstdint>

#include "tinyfog/boot/trust.h"
#include "tinyfog/hal/flash.h"
#include "tinyfog/wire/firmware_image.h"

namespace tinyfog::boot {

/// Why an image is not run. The numbers are kept in flash and told upstream: never renumber.
enum class Refusal : std::uint8_t {
  kNone = 0,
  kNoImage = 1,        ///< no magic number
  kMalformed = 2,      ///< header or TLVs contradict the format
  kTruncated = 3,      ///< ends behind the slot, or nothing is where its end should be
  kWrongHardware = 4,  ///< built for other hardware
  kDowngrade = 5,      ///< security counter below the node's
  kWrongDigest = 6,    ///< bits differ
  kUnknownKey = 7,     ///< signed by a key that is not trusted
  kWrongSignature = 8,
  kFlash = 9,  ///< cannot be read
};

/// The reason in words, e.g. "wrong signature". Static storage.
const char* RefusalName(Refusal refusal);

struct CheckedImage {
  Refusal refusal = Refusal::kNoImage;
  wire::ImageHeader header;       ///< as far as read
  wire::ImageTlvs tlvs;           ///< as far as read
  std::uint32_t total_bytes = 0;  ///< header, body and TLVs; 0 when they could not be read

  bool ok() const { return refusal == Refusal::kNone; }
};

/// Reads an image's header and TLVs at `offset` of the flash; nothing is verified.
CheckedImage ReadImage(hal::Flash& flash, std::uint32_t offset, std::uint32_t limit);

/// Parts of ReadImage, for who has them in memory: the header, and then, behind it, the TLVs as
/// from TlvOffset() on. False: image.refusal says why.
bool ReadHeader(wire::Bytes bytes, std::uint32_t limit, CheckedImage& image);
bool ReadTlvs(wire::Bytes bytes, CheckedImage& image);

/// Parts of CheckImage, for who has the TLVs but not (yet) the image: whether hardware and security
/// counter may be; whether the trusted key has signed the digest.
Refusal CheckClaims(const wire::ImageTlvs& tlvs, const Trust& trust, std::uint32_t counter);
Refusal CheckSignature(const wire::ImageTlvs& tlvs, const Trust& trust);

/// Reads and verifies an image of at most `limit` bytes at `offset`, from cheap to dear: format,
/// hardware, security counter (at least `counter`), digest, key, signature.
CheckedImage CheckImage(hal::Flash& flash, std::uint32_t offset, std::uint32_t limit,
                        const Trust& trust, std::uint32_t counter);

}  // namespace tinyfog::boot
