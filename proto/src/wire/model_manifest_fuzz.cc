#include <algorithm>
#include <cstdlib>

#include "tinyfog/wire/model_package.h"

// What is read lies inside, does not depend on what follows, and is written as the same bytes. The
// size is made to fit when it does not: else nearly every input would end there.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace tinyfog::wire;  // NOLINT: this file is about one header
  std::array<std::uint8_t, kManifestBytes + 100> bytes{};
  size = std::min(size, bytes.size());
  std::copy_n(data, size, bytes.begin());
  const Bytes whole = Bytes(bytes).first(size);
  if (size > 8 && ModelManifestBytes(whole) == 0) {
    bytes[6] = static_cast<std::uint8_t>(size >> 8);
    bytes[7] = static_cast<std::uint8_t>(size);
  }
  ModelManifest m, cut;
  if (ParseModelManifest(whole, m) != tinyfog::Status::kOk) return 0;
  const std::uint32_t length = ModelManifestBytes(whole);
  if (length < 64 || length > size || m.signed_bytes.size() + 64 != length) std::abort();
  if (ParseModelManifest(whole.first(length - 1), cut) == tinyfog::Status::kOk) std::abort();
  std::array<std::uint8_t, kManifestBytes> buffer;
  const Bytes again = WriteManifestSignature(WriteModelManifest(m, buffer), m.signature, buffer);
  if (!std::ranges::equal(again, whole.first(length))) std::abort();
  return 0;
}
