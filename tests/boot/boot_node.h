#pragma once

#include <map>
#include <string>
#include <vector>

#include "nor_flash.h"
#include "tinyfog/boot/boot.h"
#include "tinyfog/firmware_image/firmware_image.h"

/// A node's flash with images and keys made for the test.
namespace tinyfog::boot::testing {

/// The real check, asked once for equal arguments.
class RememberedCheck final : public SignatureCheck {
 public:
  bool IsGood(const PublicKey& key, const wire::Sha256& digest,
              const wire::EcdsaSignature& signature) override;

 private:
  EcdsaCheck real_;
  std::map<std::vector<std::uint8_t>, bool> known_;
};

using Image = std::vector<std::uint8_t>;

/// The key that the nodes trust, made once per process.
const firmware_image::Key& TrustedKey();
/// Trust in it, of the hardware "test-board".
const Trust& TestTrust();
/// Signed by the key; the code is `bytes` bytes of `fill`.
Image MakeImage(std::uint8_t major, std::uint32_t counter, std::size_t bytes,
                const std::string& hardware = "test-board",
                const firmware_image::Key& key = TrustedKey());

/// Slots of `units` units, a scratch unit and the journal.
Layout MakeLayout(std::uint32_t unit, std::uint32_t units);
board::NorFlash MakeFlash(std::uint32_t program, std::uint32_t unit, std::uint32_t units);
/// Writes an image to erased flash, the last unit of programming filled with 0xFF.
void Put(board::NorFlash& flash, std::uint32_t slot, const Image& image);

}  // namespace tinyfog::boot::testing
