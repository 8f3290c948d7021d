#include <algorithm>
#include <cstdlib>
#include <vector>

#include "tinyfog/base/crc32.h"
#include "tinyfog/wire/provisioning.h"

// What is read from any records can be written, and is then read as the same. The size and the
// checksum before them are made to fit: else nearly every input would end there.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace tinyfog;  // NOLINT: this file is about one header
  wire::Provisioning any, read, again;
  static_cast<void>(wire::ReadProvisioning({data, size}, any));
  constexpr std::size_t kHead = 12;
  if (size < kHead) return 0;
  std::vector<std::uint8_t> area(data, data + size);
  wire::Writer head(area);
  head.U32(0x5446504E);
  head.U32(static_cast<std::uint32_t>(size - kHead));
  head.U32(Crc32(wire::Bytes(area).subspan(kHead)));
  if (wire::ReadProvisioning(area, read) != Status::kOk) return 0;
  std::vector<std::uint8_t> buffer(size + 64);
  const wire::Bytes written = wire::WriteProvisioning(read, buffer);
  if (wire::ReadProvisioning(written, again) != Status::kOk || again.node != read.node ||
      again.port != read.port || !std::ranges::equal(again.authority, read.authority)) {
    std::abort();
  }
  return 0;
}
