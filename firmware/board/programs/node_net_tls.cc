#include "clock.h"
#include "echo_node.h"
#include "mapped_flash.h"
#include "print.h"
#include "program.h"
#include "seed.h"
#include "semihosting.h"
#include "tcp_stream.h"
#include "tinyfog/boot/crypto_memory.h"
#include "tls_stream.h"

// The node of node_net behind TLS: certificates come from files of the emulator's host (DER),
// random numbers from the seed in flash.
namespace tinyfog::board {
namespace {

constexpr std::uint32_t kFileBytes = 1024;

std::span<const std::uint8_t> ReadFile(const char* name, std::span<std::uint8_t> buffer) {
  HostFile file(name, HostFile::Mode::kRead);
  if (!file.is_open() || file.size() > buffer.size()) return {};
  const std::span<std::uint8_t> bytes = buffer.first(file.size());
  return file.Read(bytes) ? bytes : std::span<std::uint8_t>();
}

// The same as its name says of a TlsStream, with a word for each failure.
class Reporting final : public hal::Stream {
 public:
  explicit Reporting(TlsStream& stream) : stream_(stream) {}
  void Open() override { stream_.Open(); }
  void Close() override { stream_.Close(); }
  State state() override {
    const bool was_well = stream_.error() == 0;
    const State state = stream_.state();
    if (was_well && stream_.error() != 0) Print("tls error ", stream_.error(), "\n");
    return state;
  }
  std::size_t Write(std::span<const std::uint8_t> bytes) override { return stream_.Write(bytes); }
  std::size_t Read(std::span<std::uint8_t> bytes) override { return stream_.Read(bytes); }

 private:
  TlsStream& stream_;
};

}  // namespace

std::int32_t Main() {
  char line[1024] = {};
  const char* words[6] = {};
  const std::uint32_t count = CommandLine(line, words);
  if (count != 4 && count != 6) {
    Print("usage: node_net_tls PORT HOST CA CERTIFICATE KEY | node_net_tls PORT IDENTITY PSK\n");
    return 2;
  }
  StartClock();
  static Seed seed;
  static MappedFlash flash;
  if (NextSeed(flash, seed) != Status::kOk) {
    Print("no seed in flash\n");
    return 1;
  }
  static Network network;
  NetworkConfig addresses = kEmulatorNetwork;
  addresses.seed =
      static_cast<std::uint32_t>(seed[0] | seed[1] << 8 | seed[2] << 16 | seed[3] << 24);
  if (!network.Start(addresses)) {
    Print("no Ethernet controller\n");
    return 1;
  }
  static std::uint8_t memory[kTlsMemoryBytes];
  static std::uint8_t files[3][kFileBytes];
  TlsConfig config;
  config.seed = seed;
  boot::UseCryptoMemory(memory);
  if (count == 6) {
    config.host = words[2];
    config.authority = ReadFile(words[3], files[0]);
    config.certificate = ReadFile(words[4], files[1]);
    config.key = ReadFile(words[5], files[2]);
  } else {
    config.psk_identity = words[2];
    config.psk = ReadFile(words[3], files[0]);
  }
  static TcpStream tcp(kEmulatorNetwork.router, ParsePort(words[1]));
  static TlsStream tls(tcp);
  if (tls.Start(config) != Status::kOk) {
    Print("tls cannot start: ", tls.error(), "\n");
    return 1;
  }
  static Reporting stream(tls);
  RunEchoNode(network, stream);
  return 0;
}

}  // namespace tinyfog::board
