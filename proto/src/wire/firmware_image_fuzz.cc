#include <cstdlib>

#include "tinyfog/wire/firmware_image.h"

// A whole image. What is accepted lies inside of it, and does not depend on what follows it.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace tinyfog;        // NOLINT: this file is about one header
  using namespace tinyfog::wire;  // NOLINT
  const Bytes bytes(data, size);
  ImageHeader header;
  if (ParseImageHeader(bytes, static_cast<std::uint32_t>(size), header) != Status::kOk) return 0;
  if (header.HashedBytes() > size) std::abort();
  const Bytes area = bytes.subspan(header.TlvOffset());
  ImageTlvs tlvs, cut;
  if (ParseImageTlvs(header, area, tlvs) != Status::kOk) return 0;
  if (tlvs.bytes > area.size() || tlvs.HardwareId().empty()) std::abort();
  const Status whole = ParseImageTlvs(header, area.first(tlvs.bytes), cut);
  if (whole != Status::kOk || cut.signature != tlvs.signature) std::abort();
  if (ParseImageTlvs(header, area.first(tlvs.bytes - 1), cut) == Status::kOk) std::abort();
  return 0;
}
