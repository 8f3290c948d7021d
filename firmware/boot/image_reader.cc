#include <algorithm>

#include "tinyfog/boot/image.h"

namespace tinyfog::boot {
namespace {

Refusal FromStatus(Status status) {
  if (status == Status::kOk) return Refusal::kNone;
  if (status == Status::kNotFound) return Refusal::kNoImage;
  return status == Status::kOutOfRange ? Refusal::kTruncated : Refusal::kMalformed;
}

}  // namespace

bool ReadHeader(wire::Bytes bytes, std::uint32_t limit, CheckedImage& image) {
  image.refusal = FromStatus(wire::ParseImageHeader(bytes, limit, image.header));
  return image.ok();
}

bool ReadTlvs(wire::Bytes bytes, CheckedImage& image) {
  image.refusal = FromStatus(wire::ParseImageTlvs(image.header, bytes, image.tlvs));
  if (image.ok()) image.total_bytes = image.header.TlvOffset() + image.tlvs.bytes;
  return image.ok();
}

CheckedImage ReadImage(hal::Flash& flash, std::uint32_t offset, std::uint32_t limit) {
  CheckedImage image;
  std::uint8_t bytes[wire::kImageTlvBytes];
  const std::span start(bytes, wire::kImageHeaderBytes);
  image.refusal = Refusal::kFlash;
  if (flash.Read(offset, start) != Status::kOk) return image;
  if (!ReadHeader(start, limit, image)) return image;
  const std::uint32_t tlvs = image.header.TlvOffset();
  const std::span area(bytes, std::min<std::uint32_t>(limit - tlvs, sizeof bytes));
  image.refusal = Refusal::kFlash;
  if (flash.Read(offset + tlvs, area) != Status::kOk) return image;
  if (!ReadTlvs(area, image) && area.size() >= 2 && area[0] == 0xFF && area[1] == 0xFF) {
    // An image that was not written to its end is followed by erased flash.
    image.refusal = Refusal::kTruncated;
  }
  return image;
}

}  // namespace tinyfog::boot
