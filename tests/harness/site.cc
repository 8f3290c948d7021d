#include "site.h"

#include <gtest/gtest.h>
#include <signal.h>

#include "broker.h"

namespace tinyfog::testing {
namespace {

constexpr int kTries = 5;

}  // namespace

Site::Site(std::string address) : address_(std::move(address)) {
  Run({Program("tinyfog-provision"), "site", folder_.path()});
  Store(folder_ / "psk", "");
  for (int i = 0; i < kTries; ++i) {
    plain_ = FreePort(), tls_ = FreePort(), psk_ = FreePort();
    RestartBroker();
    if (broker_->running()) return;
  }
  ADD_FAILURE() << "mosquitto does not start: " << broker_->Errors();
}

void Site::Run(std::vector<std::string> arguments) const {
  const Finished done = RunCommand(arguments);
  ASSERT_EQ(done.code, 0) << arguments[0] << ": " << done.errors;
}

std::string Site::Configuration() const {
  const auto file = [this](const char* name) { return (folder_ / name).string() + "\n"; };
  const auto listener = [this](int port) {
    return "listener " + std::to_string(port) + " " + address_ + "\nallow_anonymous true\n";
  };
  // Else a broker that root starts becomes a user who cannot read this folder.
  return "user root\nper_listener_settings true\nset_tcp_nodelay true\n"
         "max_queued_messages 65536\n" +
         listener(plain_) + listener(tls_) + "cafile " + file("ca.crt") + "certfile " +
         file("broker.crt") + "keyfile " + file("broker.key") + "require_certificate true\n" +
         listener(psk_) + "psk_hint tinyfog\npsk_file " + file("psk") +
         "ciphers PSK-AES128-GCM-SHA256\ntls_version tlsv1.2\n";
}

void Site::KillBroker() {
  broker_->Signal(SIGKILL);
  broker_->Wait();
}

void Site::RestartBroker() {
  Store(folder_ / "mosquitto.conf", Configuration());
  broker_ = std::make_unique<Process>(
      std::vector<std::string>{"/usr/sbin/mosquitto", "-c", folder_ / "mosquitto.conf"});
  Eventually([this] { return !broker_->running() || (Accepts(plain_) && Accepts(psk_)); });
}

std::filesystem::path Site::SignImage(const std::filesystem::path& elf, const std::string& hardware,
                                      const std::string& version, int counter,
                                      const std::filesystem::path& key) {
  const std::string name = "image-" + std::to_string(images_++);
  const std::filesystem::path raw = folder_ / (name + ".bin"), image = folder_ / (name + ".img");
  Run({"arm-none-eabi-objcopy", "-O", "binary", elf, raw});
  Run({Program("tinyfog-image"), "sign", raw, "-o", image, "--hardware", hardware, "--version",
       version, "--counter", std::to_string(counter), "--key", key.empty() ? signing_key() : key});
  return image;
}

std::filesystem::path Site::Provision(const std::string& node, const std::string& hardware,
                                      const std::filesystem::path& firmware, Security security) {
  const std::filesystem::path flash = folder_ / (node + ".flash");
  const int port = security == Security::kPlain ? plain_ : security == Security::kPsk ? psk_ : tls_;
  std::vector<std::string> arguments = {Program("tinyfog-provision"),
                                        "node",
                                        folder_.path(),
                                        node,
                                        "--broker",
                                        "10.0.2.2:" + std::to_string(port),
                                        "--flash",
                                        flash,
                                        "--hardware",
                                        hardware,
                                        "--firmware",
                                        firmware};
  if (security == Security::kPlain) arguments.push_back("--plain");
  if (security == Security::kPsk) arguments.push_back("--psk");
  Run(arguments);
  // It reads the keys anew.
  if (security == Security::kPsk) broker_->Signal(SIGHUP);
  return flash;
}

}  // namespace tinyfog::testing
