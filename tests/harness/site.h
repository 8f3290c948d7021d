#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "process.h"

namespace tinyfog::testing {

/// What deploy/provision makes of a site, with a real broker: one plain listener for a gateway or a
/// test on the same machine, one that demands certificates of the site, one for pre-shared keys.
/// Everything on loopback; nodes are told 10.0.2.2, which is loopback for boards.
class Site {
 public:
  /// `address`: where the listeners are.
  explicit Site(std::string address = "127.0.0.1");

  /// "mqtt://127.0.0.1:PORT", without TLS
  std::string uri() const { return "mqtt://127.0.0.1:" + std::to_string(plain_); }
  int plain_port() const { return plain_; }
  void KillBroker();     ///< as a crash does
  void RestartBroker();  ///< returns when it accepts connections

  /// A signed image of an ELF file. `version`: "1.0.0" or "1.0.0+BUILD". `key`: a PEM file, the
  /// site's by default. Fails the test on error.
  std::filesystem::path SignImage(const std::filesystem::path& elf, const std::string& hardware,
                                  const std::string& version, int counter,
                                  const std::filesystem::path& key = {});

  enum class Security { kPlain, kPsk, kCertificates };
  /// The flash of a new node that starts with `firmware`, an image of SignImage.
  std::filesystem::path Provision(const std::string& node, const std::string& hardware,
                                  const std::filesystem::path& firmware,
                                  Security security = Security::kCertificates);

  std::filesystem::path signing_key() const { return folder_ / "signing.key"; }
  const TemporaryFolder& folder() const { return folder_; }

 private:
  std::string Configuration() const;
  void Run(std::vector<std::string> arguments) const;

  const std::string address_;
  TemporaryFolder folder_;
  int plain_ = 0, tls_ = 0, psk_ = 0;
  int images_ = 0;
  std::unique_ptr<Process> broker_;
};

}  // namespace tinyfog::testing
