#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tinyfog/firmware_image/firmware_image.h"
#include "tinyfog/nn/format.h"

namespace tinyfog::artifact {

struct ModelSpec {
  std::string name = "motor";
  std::uint32_t version = 1;
  std::string hardware;
  std::uint32_t security_counter = 0;
  nn::Target target = nn::Target::kCortexMDsp;
};

/// A package of the demo's model.
std::vector<std::uint8_t> ModelFile(const firmware_image::Key& key, const ModelSpec& spec = {});

/// An image of `code_bytes` bytes for "test-board".
std::vector<std::uint8_t> FirmwareFile(const firmware_image::Key& key,
                                       wire::ImageVersion version = {1, 2, 3, 4},
                                       std::size_t code_bytes = 9000,
                                       std::uint32_t security_counter = 0);

}  // namespace tinyfog::artifact
