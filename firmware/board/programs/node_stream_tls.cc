#include <algorithm>

#include "node_parts.h"
#include "retained.h"
#include "tinyfog/boot/crypto_memory.h"
#include "tls_stream.h"

namespace tinyfog::board {
namespace {

// TLS wants the broker's name with an end.
char g_broker_name[65];

const char* BrokerName(std::string_view name) {
  *std::copy_n(name.begin(), std::min(name.size(), sizeof g_broker_name - 1), g_broker_name) = 0;
  return g_broker_name;
}

}  // namespace

hal::Stream* SecureStream(hal::Stream& tcp, const wire::Provisioning& provisioning,
                          const Seed& seed) {
  static std::uint8_t memory[kTlsMemoryBytes];
  boot::UseCryptoMemory(memory);
  if (!provisioning.has_tls()) return &tcp;
  static TlsStream tls(tcp);
  TlsConfig config;
  config.host = BrokerName(provisioning.broker_name);
  config.authority = provisioning.authority;
  config.certificate = provisioning.certificate;
  config.key = provisioning.key;
  config.psk_identity = provisioning.psk_identity;
  config.psk = provisioning.psk;
  config.seed = seed;
  config.alive = FeedWatchdog;
  return tls.Start(config) == Status::kOk ? &tls : nullptr;
}

}  // namespace tinyfog::board
