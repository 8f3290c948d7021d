#pragma once

#include "seed.h"
#include "tinyfog/hal/stream.h"
#include "tinyfog/nn/operator_table.h"
#include "tinyfog/wire/firmware_image.h"
#include "tinyfog/wire/provisioning.h"

/// In what the images of a node differ: each function is in the one of several files that an image
/// links.
namespace tinyfog::board {

/// Gives mbedTLS its memory and makes of a connection to the broker what the provisioning asks for.
/// Once. Null when the image cannot do that: TLS without it, or wrong certificates.
hal::Stream* SecureStream(hal::Stream& tcp, const wire::Provisioning& provisioning,
                          const Seed& seed);

/// What models may consist of.
nn::OperatorTable NodeOperators();

/// How far a node has come when Behaves is called.
enum class Moment : std::uint8_t { kStart, kOnline, kSelfTest };
/// Images for tests do here what the build number of their version asks for. False: the self-test
/// fails.
bool Behaves(const wire::ImageVersion& version, Moment moment);

}  // namespace tinyfog::board
