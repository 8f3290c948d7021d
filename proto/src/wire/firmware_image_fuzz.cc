#include <cstdlib>

#include "tinyfog/wire/firmware_image.h"

// A whole image. What is accepted lies inside of it, and does not depend on what follows it.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using tinyfog::wire::Bytes;
  const Bytes bytes(data, size);
  const auto header = tinyfog::wire::ParseImageHeader(bytes, static_cast<std::uint32_t>(size));
  if (!header.ok()) return 0;
  if (header->HashedBytes() > size) std::abort();
  const Bytes area = bytes.subspan(header->TlvOffset());
  const auto tlvs = tinyfog::wire::ParseImageTlvs(*header, area);
  if (!tlvs.ok()) return 0;
  if (tlvs->bytes > area.size() || tlvs->HardwareId().empty()) std::abort();
  const auto cut = tinyfog::wire::ParseImageTlvs(*header, area.first(tlvs->bytes));
  if (!cut.ok() || cut->signature != tlvs->signature) std::abort();
  if (tinyfog::wire::ParseImageTlvs(*header, area.first(tlvs->bytes - 1)).ok()) std::abort();
  return 0;
}
