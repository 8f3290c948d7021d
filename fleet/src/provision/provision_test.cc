#include <gmock/gmock.h>
#include <sys/stat.h>

#include "process.h"
#include "tinyfog/firmware_image/firmware_image.h"
#include "tinyfog/provision/flash.h"

// The program as it is called, and openssl as who believes what it makes.
namespace tinyfog::provision {
namespace {

using testing::Contents;
using testing::Finished;
using ::testing::HasSubstr;
using testing::RunCommand;

class ProvisionTest : public ::testing::Test {
 protected:
  void SetUp() override { ASSERT_EQ(Run({"site", keys(), "--broker-name", "broker.test"}), ""); }
  std::string keys() const { return folder_ / "keys"; }
  std::string key(const std::string& file) const { return folder_ / ("keys/" + file); }
  std::string flash() const { return folder_ / "flash.bin"; }

  // What it said, which is nothing when all went well.
  std::string Run(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), testing::Program("tinyfog-provision"));
    const Finished done = RunCommand(arguments);
    EXPECT_EQ(done.code == 0, done.errors.empty()) << done.errors;
    return done.errors;
  }
  std::string Node(std::vector<std::string> more = {}) {
    more.insert(more.begin(),
                {"node", keys(), "motor-7", "--broker", "10.0.2.2:8883", "--flash", flash()});
    return Run(more);
  }
  static mode_t Mode(const std::string& file) {
    struct stat status = {};
    EXPECT_EQ(stat(file.c_str(), &status), 0) << file;
    return status.st_mode & 0777;
  }

  const testing::TemporaryFolder folder_;
};

TEST_F(ProvisionTest, SecretsAreForTheOwnerAndStay) {
  for (const char* secret : {"signing.key", "ca.key", "broker.key"}) {
    EXPECT_EQ(Mode(key(secret)), 0600u);
  }
  EXPECT_EQ(Mode(key("ca.crt")), 0644u);
  const std::string before = Contents(key("signing.key")) + Contents(key("ca.key"));
  EXPECT_EQ(Run({"site", keys()}), "");
  EXPECT_EQ(Contents(key("signing.key")) + Contents(key("ca.key")), before);
}

TEST_F(ProvisionTest, OpensslBelievesTheCertificates) {
  ASSERT_EQ(Node(), "");
  EXPECT_EQ(Mode(flash()), 0600u);
  const auto records = ReadFlash(flash());
  ASSERT_TRUE(records.ok()) << records.error().message;
  const auto& p = records->provisioning;
  EXPECT_EQ(p.node, "motor-7");
  EXPECT_EQ(p.site, "default");
  EXPECT_EQ(p.broker_name, "broker.test");
  EXPECT_EQ(p.port, 8883);
  EXPECT_TRUE(p.has_tls());
  testing::Store(folder_ / "node.der", std::string(p.certificate.begin(), p.certificate.end()));
  testing::Store(folder_ / "node.key.der", std::string(p.key.begin(), p.key.end()));
  ASSERT_EQ(RunCommand({"openssl", "x509", "-inform", "DER", "-in", folder_ / "node.der", "-out",
                        folder_ / "node.crt"})
                .code,
            0);
  const auto verify = [&](std::vector<std::string> more) {
    more.insert(more.begin(), {"openssl", "verify", "-x509_strict", "-CAfile", key("ca.crt")});
    const Finished done = RunCommand(more);
    return done.code == 0 ? "" : done.output + done.errors;
  };
  EXPECT_EQ(verify({"-purpose", "sslclient", folder_ / "node.crt"}), "");
  EXPECT_NE(verify({"-purpose", "sslserver", folder_ / "node.crt"}), "");
  EXPECT_EQ(verify({"-purpose", "sslserver", "-verify_hostname", "broker.test", key("broker.crt")}),
            "");
  EXPECT_NE(verify({"-verify_hostname", "else.test", key("broker.crt")}), "");
  const auto point = [&](std::vector<std::string> command) { return RunCommand(command).output; };
  EXPECT_EQ(
      point({"openssl", "x509", "-in", folder_ / "node.crt", "-noout", "-pubkey"}),
      point({"openssl", "pkey", "-inform", "DER", "-in", folder_ / "node.key.der", "-pubout"}));
}

TEST_F(ProvisionTest, PreSharedKeysGoIntoTheFlashAndTheBrokersFile) {
  testing::Store(key("psk"), "other:00112233445566778899aabbccddeeff\nmotor-7:00\n");
  ASSERT_EQ(Node({"--psk"}), "");
  const auto records = ReadFlash(flash());
  ASSERT_TRUE(records.ok());
  EXPECT_EQ(records->provisioning.psk_identity, "motor-7");
  std::string hex;
  for (const std::uint8_t byte : records->provisioning.psk) {
    char digits[3];
    std::snprintf(digits, sizeof digits, "%02x", byte);
    hex += digits;
  }
  EXPECT_EQ(Contents(key("psk")), "other:00112233445566778899aabbccddeeff\nmotor-7:" + hex + "\n");
  EXPECT_EQ(Mode(key("psk")), 0600u);
}

TEST_F(ProvisionTest, FirmwareMustBeSignedByTheSite) {
  firmware_image::Contents contents;
  contents.hardware_id = "mps2-an386";
  const std::vector<std::uint8_t> code(1000, 7);
  contents.code = code;
  const auto own = firmware_image::Key::FromPem(Contents(key("signing.key")));
  const auto other = firmware_image::Key::Generate();
  for (const auto& [signer, good] : {std::pair{*own, true}, std::pair{*other, false}}) {
    const auto image = firmware_image::Sign(contents, signer);
    ASSERT_TRUE(image.ok());
    testing::Store(folder_ / "app.img", std::string(image->begin(), image->end()));
    EXPECT_EQ(Node({"--force", "--firmware", folder_ / "app.img"}).empty(), good);
    if (good) {
      EXPECT_EQ(Contents(flash()).substr(wire::kFirmwareSlot, image->size()),
                std::string(image->begin(), image->end()));
    }
  }
}

TEST_F(ProvisionTest, ErrorsSayWhatToDo) {
  ASSERT_EQ(Node({"--plain"}), "");
  EXPECT_THAT(Node({"--plain"}), HasSubstr("--force"));
  EXPECT_EQ(Node({"--plain", "--force"}), "");
  const auto wrong = [&](const std::string& broker) {
    return Run({"node", keys(), "n", "--plain", "--broker", broker, "--flash", folder_ / "f"});
  };
  EXPECT_THAT(wrong("localhost:1883"), HasSubstr("IPv4"));
  EXPECT_THAT(wrong("10.0.2.2"), HasSubstr("ADDRESS:PORT"));
  EXPECT_THAT(wrong("10.0.2.2:99999"), HasSubstr("ADDRESS:PORT"));
  EXPECT_THAT(
      Run({"node", keys(), "a/b", "--plain", "--broker", "1.2.3.4:5", "--flash", folder_ / "f"}),
      HasSubstr("node 1 to 64"));
  EXPECT_THAT(
      Run({"node", folder_ / "none", "n", "--broker", "1.2.3.4:5", "--flash", folder_ / "f"}),
      HasSubstr("signing.pub"));
  testing::Store(folder_ / "f", "x");
  EXPECT_THAT(Run({"show", folder_ / "f"}), HasSubstr("no provisioned node"));
}

}  // namespace
}  // namespace tinyfog::provision
