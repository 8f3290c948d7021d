#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "boot_node.h"
#include "tinyfog/v1/node.pb.h"

/// Artifacts for nodes that trust boot::testing::TrustedKey.
namespace tinyfog::node::testing {

/// A model package and its chunks, or a firmware image and its.
struct Offer {
  std::string digest;
  std::string proof;
  std::size_t bytes = 0;
  std::vector<std::string> chunks;
};

/// The demo model compiled for the portable target, and its package. Versions from 2 on are the
/// model with changed weights.
const std::vector<std::uint8_t>& MotorTfm(std::uint32_t version = 1);
const Offer& MotorPackage(std::uint32_t version = 1);
Offer FirmwareOffer(const boot::testing::Image& image);
/// What a gateway says of it in a desired state.
void Fill(v1::Desired::Artifact* artifact, const Offer& offer);
/// art/<digest>/<index> below the site's root.
std::string ChunkTopic(const std::string& site, const Offer& offer, std::size_t index);

}  // namespace tinyfog::node::testing
