#include <gmock/gmock.h>
#include <signal.h>
#include <stdlib.h>

#include <array>
#include <cstring>
#include <fstream>
#include <string>

#include "broker.h"
#include "mqtt_client.h"
#include "tinyfog/base/crc32.h"

// The image node_net_tls on an emulated board, against a real broker with TLS. Keys and
// certificates are made by openssl for each test.
namespace tinyfog::testing {
namespace {

using ::testing::HasSubstr;

const std::string kRoot = "tinyfog/v1/test/node-525400123456/";
constexpr std::size_t kFlashBytes = 16 << 20;
constexpr std::size_t kSectorBytes = 4096;
const std::string kPsk = "0123456789abcdef";

void Openssl(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), "openssl");
  const Finished done = RunCommand(arguments);
  ASSERT_EQ(done.code, 0) << done.errors;
}

// NAME.key (PEM and DER) and NAME.crt (PEM and DER) in `folder`, signed by `issuer`, by itself when
// that is empty.
void MakeCertificate(const TemporaryFolder& folder, const std::string& name,
                     const std::string& issuer) {
  const auto file = [&](const std::string& f) { return (folder / f).string(); };
  Openssl({"ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", file(name + ".key")});
  Openssl({"ec", "-in", file(name + ".key"), "-outform", "DER", "-out", file(name + ".key.der")});
  if (issuer.empty()) {
    Openssl({"req", "-x509", "-new", "-sha256", "-days", "30", "-key", file(name + ".key"), "-subj",
             "/CN=" + name, "-out", file(name + ".crt")});
  } else {
    Openssl({"req", "-new", "-key", file(name + ".key"), "-subj", "/CN=" + name, "-out",
             file(name + ".csr")});
    Openssl({"x509", "-req", "-sha256", "-days", "30", "-in", file(name + ".csr"), "-CA",
             file(issuer + ".crt"), "-CAkey", file(issuer + ".key"), "-CAcreateserial", "-out",
             file(name + ".crt")});
  }
  Openssl({"x509", "-in", file(name + ".crt"), "-outform", "DER", "-out", file(name + ".crt.der")});
}

// As firmware/board/common/seed_mbedtls.cc has it.
struct SeedRecord {
  std::uint32_t magic = 0x31534654;
  std::uint32_t count = 0;
  std::array<std::uint8_t, 32> seed{};
  std::uint32_t crc = 0;
};

class NodeTlsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    MakeCertificate(folder_, "ca", "");
    MakeCertificate(folder_, "other-ca", "");
    MakeCertificate(folder_, "broker.test", "ca");
    MakeCertificate(folder_, "node", "ca");
    MakeCertificate(folder_, "stranger", "other-ca");
    Store(folder_ / "node.psk", kPsk);
    Store(folder_ / "wrong.psk", std::string(16, 'x'));
    std::string hex;
    for (const char c : kPsk) {
      constexpr char kDigits[] = "0123456789abcdef";
      hex += {kDigits[c >> 4 & 15], kDigits[c & 15]};
    }
    Store(folder_ / "psk", "node-1:" + hex + "\n");
    StartBroker();
    WriteSeed();
  }
  void TearDown() override {
    if (HasFailure() && board_ != nullptr) {
      std::cerr << "board: " << board_->Output() << board_->Errors()
                << "\nbroker: " << broker_->Errors() << "\n";
    }
  }
  void StartBroker() {
    for (int tries = 0; tries < 5; ++tries) {
      plain_ = FreePort(), tls_ = FreePort(), psk_ = FreePort();
      const auto listener = [](int port) {
        return "listener " + std::to_string(port) + " 127.0.0.1\nallow_anonymous true\n";
      };
      const auto file = [&](const std::string& f) { return (folder_ / f).string(); };
      Store(folder_ / "mosquitto.conf",
            // Else a broker that root starts becomes a user who cannot read this folder.
            "user root\nper_listener_settings true\nset_tcp_nodelay true\n" + listener(plain_) +
                listener(tls_) + "cafile " + file("ca.crt") + "\ncertfile " +
                file("broker.test.crt") + "\nkeyfile " + file("broker.test.key") +
                "\nrequire_certificate true\n" + listener(psk_) + "psk_hint tinyfog\npsk_file " +
                file("psk") + "\nciphers PSK-AES128-GCM-SHA256\ntls_version tlsv1.2\n");
      broker_ = std::make_unique<Process>(
          std::vector<std::string>{"/usr/sbin/mosquitto", "-c", file("mosquitto.conf")});
      Eventually([this] { return !broker_->running() || (Accepts(plain_) && Accepts(psk_)); });
      if (broker_->running()) return;
    }
    FAIL() << "mosquitto does not start: " << broker_->Errors();
  }
  void WriteSeed() {
    SeedRecord record;
    for (std::size_t i = 0; i < record.seed.size(); ++i) {
      record.seed[i] = static_cast<std::uint8_t>(i * 7 + 1);
    }
    record.crc = Crc32({reinterpret_cast<const std::uint8_t*>(&record), offsetof(SeedRecord, crc)});
    std::ofstream(flash(), std::ios::binary).close();
    std::filesystem::resize_file(flash(), kFlashBytes);
    std::fstream file(flash(), std::ios::binary | std::ios::in | std::ios::out);
    file.seekp(static_cast<std::streamoff>(kFlashBytes - 2 * kSectorBytes));
    file.write(reinterpret_cast<const char*>(&record), sizeof(record));
  }
  SeedRecord ReadSeed(std::uint32_t place) {
    SeedRecord record;
    std::ifstream file(flash(), std::ios::binary);
    file.seekg(static_cast<std::streamoff>(kFlashBytes - (2 - place) * kSectorBytes));
    file.read(reinterpret_cast<char*>(&record), sizeof(record));
    return record;
  }
  std::string flash() const { return (folder_ / "flash.bin").string(); }

  void StartBoard(const std::string& core, std::vector<std::string> arguments) {
    const std::string size = core == "cortex-m55" ? "2G" : "16M";
    const std::string backend =
        "-machine memory-backend=ram -object memory-backend-file,id=ram,share=on,size=" + size +
        ",mem-path=" + flash() + " -nic user,model=lan9118,mac=52:54:00:12:34:56";
    setenv("QEMU_ARGUMENTS", backend.c_str(), 1);
    arguments.insert(arguments.begin(), {TINYFOG_SOURCE_DIR "/firmware/board/run", core,
                                         TINYFOG_BINARY_DIR "/" + core + "/bin/node_net_tls.elf"});
    board_ = std::make_unique<Process>(arguments);
  }
  // A node that trusts `ca` and shows `name`'s certificate.
  void StartWithCertificate(const std::string& core, const std::string& host, const std::string& ca,
                            const std::string& name) {
    StartBoard(core, {std::to_string(tls_), host, folder_ / (ca + ".crt.der"),
                      folder_ / (name + ".crt.der"), folder_ / (name + ".key.der")});
  }
  std::string peer_uri() const { return "mqtt://127.0.0.1:" + std::to_string(plain_); }
  static void Publish(MqttClient& peer, const std::string& tail, std::string payload) {
    mqtt::Message message;
    message.topic = kRoot + tail;
    message.payload = std::move(payload);
    message.qos = 1;
    peer.Publish(message);
  }
  static void Expect(MqttClient& peer, const std::string& tail, const std::string& payload) {
    const auto message = peer.Next();
    ASSERT_TRUE(message.has_value()) << "nothing came; expected " << tail << " " << payload;
    ASSERT_EQ(message->topic, kRoot + tail);
    ASSERT_EQ(message->payload, payload);
  }
  void ExpectWorks() {
    MqttClient peer(peer_uri(), {kRoot + "up/#"});
    Expect(peer, "up/state", "online");
    Publish(peer, "down/echo", "hello");
    Expect(peer, "up/echo", "hello");
    // zlib.crc32(b"x" * 262144)
    Publish(peer, "down/echo", std::string(256 * 1024, 'x'));
    Expect(peer, "up/crc", "00040000 bbcd40b6");
    Publish(peer, "down/stop", "");
    EXPECT_EQ(board_->Wait(), 0);
  }
  // It fails with `error`, tries again, and never gets to the broker's MQTT.
  void ExpectRefused(const std::string& error) {
    ASSERT_TRUE(Eventually([&] {
      return board_->Output().find(error) != std::string::npos || !board_->running();
    })) << board_->Output();
    EXPECT_THAT(board_->Output(), HasSubstr(error));
    EXPECT_THAT(board_->Output(), ::testing::Not(HasSubstr("online")));
  }

  TemporaryFolder folder_;
  std::unique_ptr<Process> broker_;
  std::unique_ptr<Process> board_;
  int plain_ = 0, tls_ = 0, psk_ = 0;
};

// mbedTLS: the certificate is not trusted, or names another host; a fatal alert from the broker.
const std::string kNotVerified = "tls error -9984\n";
const std::string kAlert = "tls error -30592\n";

TEST_F(NodeTlsTest, CertificatesOnM4) {
  StartWithCertificate("cortex-m4", "broker.test", "ca", "node");
  ExpectWorks();
}

TEST_F(NodeTlsTest, CertificatesOnM7) {
  StartWithCertificate("cortex-m7", "broker.test", "ca", "node");
  ExpectWorks();
}

TEST_F(NodeTlsTest, CertificatesOnM55) {
  std::filesystem::resize_file(flash(), std::uintmax_t{2} << 30);  // with a hole
  StartWithCertificate("cortex-m55", "broker.test", "ca", "node");
  ExpectWorks();
}

TEST_F(NodeTlsTest, ABrokerOfAnotherAuthorityIsLeft) {
  StartWithCertificate("cortex-m4", "broker.test", "other-ca", "node");
  ExpectRefused(kNotVerified);
}

TEST_F(NodeTlsTest, ABrokerOfAnotherNameIsLeft) {
  StartWithCertificate("cortex-m4", "elsewhere.test", "ca", "node");
  ExpectRefused(kNotVerified);
}

TEST_F(NodeTlsTest, ANodeOfAnotherAuthorityIsRefused) {
  StartWithCertificate("cortex-m4", "broker.test", "ca", "stranger");
  ExpectRefused(kAlert);
}

TEST_F(NodeTlsTest, PreSharedKeys) {
  StartBoard("cortex-m4", {std::to_string(psk_), "node-1", folder_ / "node.psk"});
  ExpectWorks();
}

TEST_F(NodeTlsTest, AWrongPreSharedKeyIsRefused) {
  StartBoard("cortex-m4", {std::to_string(psk_), "node-1", folder_ / "wrong.psk"});
  ExpectRefused(kAlert);
}

TEST_F(NodeTlsTest, EveryStartReplacesTheSeed) {
  const SeedRecord first = ReadSeed(0);
  StartBoard("cortex-m4", {std::to_string(psk_), "node-1", folder_ / "node.psk"});
  ExpectWorks();
  const SeedRecord second = ReadSeed(1);
  EXPECT_EQ(second.count, 1u);
  EXPECT_NE(second.seed, first.seed);
  StartBoard("cortex-m4", {std::to_string(psk_), "node-1", folder_ / "node.psk"});
  EXPECT_TRUE(Eventually([this] { return board_->Output().find("online") != std::string::npos; }));
  EXPECT_EQ(ReadSeed(0).count, 2u);
  EXPECT_NE(ReadSeed(0).seed, first.seed);
}

TEST_F(NodeTlsTest, WithoutASeedNothingIsEncrypted) {
  std::filesystem::resize_file(flash(), 0);
  std::filesystem::resize_file(flash(), kFlashBytes);
  StartBoard("cortex-m4", {std::to_string(psk_), "node-1", folder_ / "node.psk"});
  EXPECT_EQ(board_->Wait(), 1);
  EXPECT_THAT(board_->Output(), HasSubstr("no seed in flash"));
}

}  // namespace
}  // namespace tinyfog::testing
