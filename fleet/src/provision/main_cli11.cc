#include <arpa/inet.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <sstream>

#include "tinyfog/firmware_image/firmware_image.h"
#include "tinyfog/host/file.h"
#include "tinyfog/provision/authority.h"
#include "tinyfog/provision/flash.h"

namespace {

using namespace tinyfog::provision;  // NOLINT: this file is the library's command line
using tinyfog::InvalidArgument;
using tinyfog::Outcome;
using tinyfog::firmware_image::Key;
namespace fs = std::filesystem;

struct Options {
  fs::path folder, flash, firmware;
  std::string broker_name = "tinyfog-broker";
  std::string node, site = "default", broker, hardware = "mps2-an386";
  std::string address = "10.0.2.15", netmask = "255.255.255.0", router = "10.0.2.2";
  bool plain = false, psk = false, force = false;
};

bool IsThere(const fs::path& path) { return fs::exists(path); }

Outcome<std::string> ReadText(const fs::path& path) {
  const auto bytes = tinyfog::ReadFile(path, 1 << 16);
  if (!bytes.ok()) return bytes.error();
  return std::string(bytes->begin(), bytes->end());
}

Outcome<void> WriteText(const fs::path& path, const std::string& text, bool is_secret) {
  return tinyfog::WriteFileAtomically(
      path, {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()}, is_secret);
}

Outcome<Identity> ReadIdentity(const fs::path& folder, const std::string& name) {
  Identity identity;
  TINYFOG_TRY_ASSIGN(identity.certificate, ReadText(folder / (name + ".crt")));
  TINYFOG_TRY_ASSIGN(identity.key, ReadText(folder / (name + ".key")));
  return identity;
}

Outcome<void> WriteIdentity(const fs::path& folder, const std::string& name,
                            const Identity& identity) {
  TINYFOG_TRY(WriteText(folder / (name + ".key"), identity.key, true));
  return WriteText(folder / (name + ".crt"), identity.certificate, false);
}

// Makes what is missing, so that it can be called again.
Outcome<void> RunSite(const Options& options) {
  std::error_code failed;
  fs::create_directories(options.folder, failed);
  if (failed) return tinyfog::SystemError(failed.value(), options.folder);
  if (!IsThere(options.folder / "signing.key")) {
    const auto key = Key::Generate();
    if (!key.ok()) return key.error();
    std::string pem;
    TINYFOG_TRY_ASSIGN(pem, key->PrivatePem());
    TINYFOG_TRY(WriteText(options.folder / "signing.key", pem, true));
    TINYFOG_TRY(WriteText(options.folder / "signing.pub", key->PublicPem(), false));
  }
  if (!IsThere(options.folder / "ca.crt")) {
    Identity authority;
    TINYFOG_TRY_ASSIGN(authority, MakeAuthority("Tinyfog site authority"));
    TINYFOG_TRY(WriteIdentity(options.folder, "ca", authority));
  }
  if (!IsThere(options.folder / "broker.crt")) {
    Identity authority, broker;
    TINYFOG_TRY_ASSIGN(authority, ReadIdentity(options.folder, "ca"));
    TINYFOG_TRY_ASSIGN(broker, Issue(authority, options.broker_name, Role::kBroker));
    TINYFOG_TRY(WriteIdentity(options.folder, "broker", broker));
    TINYFOG_TRY(WriteText(options.folder / "broker.name", options.broker_name + "\n", false));
  }
  return {};
}

Outcome<tinyfog::wire::Ip4> ParseIp4(const std::string& text) {
  tinyfog::wire::Ip4 address;
  if (inet_pton(AF_INET, text.c_str(), address.data()) != 1) {
    return InvalidArgument("'" + text + "' is no IPv4 address; nodes look up no names");
  }
  return address;
}

Outcome<void> SetAddresses(const Options& options, tinyfog::wire::Provisioning& node) {
  TINYFOG_TRY_ASSIGN(node.address, ParseIp4(options.address));
  TINYFOG_TRY_ASSIGN(node.netmask, ParseIp4(options.netmask));
  TINYFOG_TRY_ASSIGN(node.router, ParseIp4(options.router));
  const auto colon = options.broker.rfind(':');
  int port = 0, end = 0;
  if (colon == std::string::npos ||
      std::sscanf(options.broker.c_str() + colon, ":%5d%n", &port, &end) != 1 ||
      colon + static_cast<std::size_t>(end) != options.broker.size() || port < 1 || port > 65535) {
    return InvalidArgument("--broker must be ADDRESS:PORT, not '" + options.broker + "'");
  }
  node.port = static_cast<std::uint16_t>(port);
  TINYFOG_TRY_ASSIGN(node.broker, ParseIp4(options.broker.substr(0, colon)));
  return {};
}

// The line of the node in the broker's psk_file, instead of the one it may have had.
Outcome<void> AddPsk(const fs::path& file, const std::string& node,
                     const std::vector<std::uint8_t>& psk) {
  std::string text;
  if (IsThere(file)) {
    std::string before, line;
    TINYFOG_TRY_ASSIGN(before, ReadText(file));
    std::istringstream lines(before);
    while (std::getline(lines, line)) {
      if (!line.starts_with(node + ":")) text += line + "\n";
    }
  }
  text += node + ":";
  for (const std::uint8_t byte : psk) {
    constexpr char kDigits[] = "0123456789abcdef";
    text += {kDigits[byte >> 4], kDigits[byte & 15]};
  }
  return WriteText(file, text + "\n", true);
}

// Everything that the provisioning record of one node points into.
struct Secrets {
  std::string broker_name;
  std::vector<std::uint8_t> authority, certificate, key, psk;
};

Outcome<Secrets> MakeSecrets(const Options& options) {
  Secrets secrets;
  if (options.psk) {
    TINYFOG_TRY_ASSIGN(secrets.psk, RandomBytes(32));
    return secrets;
  }
  Identity authority, node;
  TINYFOG_TRY_ASSIGN(authority, ReadIdentity(options.folder, "ca"));
  TINYFOG_TRY_ASSIGN(node, Issue(authority, options.node, Role::kNode));
  TINYFOG_TRY_ASSIGN(secrets.authority, CertificateDer(authority.certificate));
  TINYFOG_TRY_ASSIGN(secrets.certificate, CertificateDer(node.certificate));
  TINYFOG_TRY_ASSIGN(secrets.key, KeyDer(node.key));
  TINYFOG_TRY_ASSIGN(secrets.broker_name, ReadText(options.folder / "broker.name"));
  while (secrets.broker_name.ends_with('\n')) secrets.broker_name.pop_back();
  return secrets;
}

Outcome<void> RunNode(const Options& options) {
  std::string pem;
  TINYFOG_TRY_ASSIGN(pem, ReadText(options.folder / "signing.pub"));
  const auto signing = Key::FromPem(pem);
  if (!signing.ok()) return signing.error();
  FlashContents contents;
  contents.key = signing->Point();
  tinyfog::wire::Provisioning& node = contents.provisioning;
  TINYFOG_TRY(SetAddresses(options, node));
  node.node = options.node;
  node.site = options.site;
  Secrets secrets;
  if (!options.plain) {
    TINYFOG_TRY_ASSIGN(secrets, MakeSecrets(options));
    node.broker_name = secrets.broker_name;
    node.authority = secrets.authority;
    node.certificate = secrets.certificate;
    node.key = secrets.key;
    node.psk = secrets.psk;
    if (options.psk) node.psk_identity = node.node;
  }
  std::vector<std::uint8_t> seed, firmware;
  TINYFOG_TRY_ASSIGN(seed, RandomBytes(contents.seed.size()));
  std::ranges::copy(seed, contents.seed.begin());
  if (!options.firmware.empty()) {
    TINYFOG_TRY_ASSIGN(firmware, tinyfog::ReadFile(options.firmware));
    const auto image = tinyfog::firmware_image::Verify(firmware, *signing);
    if (!image.ok()) return InContext(image.error(), options.firmware);
    contents.firmware = firmware;
  }
  // The emulator backs all of that board's external memory by the file.
  if (options.hardware == "mps3-an547") contents.file_bytes = 2ull << 30;
  TINYFOG_TRY(WriteFlash(options.flash, contents, options.force));
  return options.psk ? AddPsk(options.folder / "psk", options.node, secrets.psk) : Outcome<void>{};
}

Outcome<void> RunShow(const Options& options) {
  const auto flash = ReadFlash(options.flash);
  if (!flash.ok()) return flash.error();
  const auto& p = flash->provisioning;
  const auto print = [](const char* name, std::string_view value) {
    if (!value.empty())
      std::printf("%s %.*s\n", name, static_cast<int>(value.size()), value.data());
  };
  print("node", p.node);
  print("site", p.site);
  std::printf("address %d.%d.%d.%d\nbroker %d.%d.%d.%d:%d\n", p.address[0], p.address[1],
              p.address[2], p.address[3], p.broker[0], p.broker[1], p.broker[2], p.broker[3],
              p.port);
  print("broker name", p.broker_name);
  print("identity", p.psk_identity);
  print("security", !p.psk.empty() ? "pre-shared key" : p.has_tls() ? "certificates" : "none");
  return {};
}

void AddNodeOptions(CLI::App& node, Options& options) {
  node.add_option("FOLDER", options.folder, "the folder that `site` has made")->required();
  node.add_option("NODE", options.node, "the node's id, also its MQTT client id")->required();
  node.add_option("--broker", options.broker, "ADDRESS:PORT as the node sees it")->required();
  node.add_option("--flash", options.flash, "write the node's flash here")->required();
  node.add_option("--site", options.site)->capture_default_str();
  node.add_option("--firmware", options.firmware, "signed image to start with");
  node.add_option("--hardware", options.hardware, "the board")
      ->check(CLI::IsMember({"mps2-an386", "mps2-an500", "mps2-an505", "mps3-an547"}))
      ->capture_default_str();
  node.add_option("--address", options.address)->capture_default_str();
  node.add_option("--netmask", options.netmask)->capture_default_str();
  node.add_option("--router", options.router)->capture_default_str();
  auto* plain = node.add_flag("--plain", options.plain, "no TLS: loopback and test rigs only");
  node.add_flag("--psk", options.psk,
                "a pre-shared key (added to FOLDER/psk) instead of certificates")
      ->excludes(plain);
  node.add_flag("--force", options.force, "replace the flash file");
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app(
      "Keys, certificates and first flash contents of a site's nodes. The folder holds the site's "
      "secrets: keep it away from the gateway.");
  app.require_subcommand(1);
  Options options;
  CLI::App* site =
      app.add_subcommand("site", "make signing key, authority and broker's certificate");
  site->add_option("FOLDER", options.folder, "where they are kept; what is there stays")
      ->required();
  site->add_option("--broker-name", options.broker_name, "that the broker's certificate names")
      ->capture_default_str();
  CLI::App* node = app.add_subcommand("node", "make a node's identity and its flash");
  AddNodeOptions(*node, options);
  CLI::App* show = app.add_subcommand("show", "print what a flash says of its node");
  show->add_option("FLASH", options.flash)->required();
  CLI11_PARSE(app, argc, argv);
  const Outcome<void> outcome = site->parsed()   ? RunSite(options)
                                : node->parsed() ? RunNode(options)
                                                 : RunShow(options);
  if (outcome.ok()) return 0;
  std::fprintf(stderr, "tinyfog-provision: %s\n", outcome.error().message.c_str());
  return 1;
}
