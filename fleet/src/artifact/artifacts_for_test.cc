#include "artifacts_for_test.h"

#include <map>

#include "package_for_test.h"
#include "tinyfog/package/package.h"

namespace tinyfog::artifact {

std::vector<std::uint8_t> ModelFile(const firmware_image::Key& key, const ModelSpec& spec) {
  const std::vector<std::uint8_t> tfm = package::CompiledMotor(spec.target);
  package::Contents contents;
  contents.name = spec.name;
  contents.version = spec.version;
  contents.hardware = spec.hardware;
  contents.security_counter = spec.security_counter;
  contents.tfm = tfm;
  return package::Make(contents, key).value();
}

std::vector<std::uint8_t> FirmwareFile(const firmware_image::Key& key, wire::ImageVersion version,
                                       std::size_t code_bytes, std::uint32_t security_counter) {
  const std::vector<std::uint8_t> code(code_bytes, 0x5A);
  firmware_image::Contents contents;
  contents.version = version;
  contents.hardware_id = "test-board";
  contents.security_counter = security_counter;
  contents.code = code;
  return firmware_image::Sign(contents, key).value();
}

}  // namespace tinyfog::artifact
