#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tinyfog/host/error.h"

/// What provisioning makes: the site's authority, the broker's and the nodes' certificates, and the
/// flash that a node starts with.
namespace tinyfog::provision {

/// A certificate and its private key, both PEM. Keys are of the curve P-256.
struct Identity {
  std::string certificate;
  std::string key;
};

enum class Role { kBroker, kNode };

/// A self-signed authority, valid for twenty years. Errors: kInternal.
Outcome<Identity> MakeAuthority(const std::string& name);

/// A certificate for `name` with a new key, valid for ten years. A broker's names the host that
/// nodes look for, as a DNS name or an address. Errors: kInvalidArgument when `authority` cannot be
/// read or `name` is empty or longer than 64 bytes; kInternal.
Outcome<Identity> Issue(const Identity& authority, const std::string& name, Role role);

/// What PEM holds, as nodes keep it. Errors: kInvalidArgument.
Outcome<std::vector<std::uint8_t>> CertificateDer(const std::string& pem);
Outcome<std::vector<std::uint8_t>> KeyDer(const std::string& pem);

/// Errors: kInternal.
Outcome<std::vector<std::uint8_t>> RandomBytes(std::size_t count);

}  // namespace tinyfog::provision
