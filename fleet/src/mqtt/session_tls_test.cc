#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

#include "mosquitto_for_test.h"
#include "tinyfog/mqtt/session.h"

namespace tinyfog::mqtt {
namespace {

using std::chrono::milliseconds;

// Two authorities, a server certificate for 127.0.0.1 only and a client certificate, made anew.
class SessionTlsTest : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    std::string pattern = testing::TempDir() + "tinyfog-tls-XXXXXX";
    folder_ = mkdtemp(pattern.data());
    const std::string script =
        "cd " + folder_ +
        " && exec >/dev/null 2>&1 && set -e\n"
        "key='-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes'\n"
        "for ca in ca other; do\n"
        "  openssl req -x509 $key -keyout $ca.key -out $ca.pem -subj /CN=$ca -days 2\n"
        "done\n"
        "echo 'subjectAltName=IP:127.0.0.1' > san\n"
        "for name in server client; do\n"
        "  openssl req $key -keyout $name.key -out $name.csr -subj /CN=$name\n"
        "  openssl x509 -req -in $name.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 "
        "-extfile san -out $name.pem\n"
        "done\n"
        "chmod a+rx . && chmod a+r *\n";
    made_ = std::system(script.c_str()) == 0;
  }
  static void TearDownTestSuite() { std::filesystem::remove_all(folder_); }

  void SetUp() override { ASSERT_TRUE(made_) << "openssl could not make certificates"; }

  static std::string Path(const char* name) { return folder_ + "/" + name; }

  // Connects; returns the reason if that failed. With `patient` only a connection that never comes
  // is a failure: one attempt may be lost on a busy machine.
  std::string Try(const std::string& host, const Tls& tls, bool patient = false) {
    SessionOptions options;
    options.uri = "mqtts://" + host + ":" + std::to_string(broker_.port());
    options.client_id = "c";
    options.tls = tls;
    options.reconnect_min = milliseconds(10);
    options.reconnect_max = milliseconds(50);
    Waiter waiter;
    bool connected = false;
    std::string failure;
    SessionCallbacks callbacks;
    callbacks.on_connected = [&](Version) { waiter.Change([&] { connected = true; }); };
    callbacks.on_disconnected = [&](const std::string& reason) {
      waiter.Change([&] { failure = reason.empty() ? "?" : reason; });
    };
    auto session = Session::Create(options, {}, callbacks).value();
    session->Start();
    EXPECT_TRUE(waiter.Until([&] { return connected || (!patient && !failure.empty()); }));
    session.reset();  // nothing changes them any more
    return connected ? "" : failure;
  }

  inline static std::string folder_;
  inline static bool made_ = false;
  MosquittoForTest broker_{folder_, "cafile " + Path("ca.pem") + "\ncertfile " +
                                        Path("server.pem") + "\nkeyfile " + Path("server.key") +
                                        "\nrequire_certificate true"};
};

TEST_F(SessionTlsTest, ClientCertificateOpensTheDoor) {
  EXPECT_EQ(Try("127.0.0.1", {Path("ca.pem"), Path("client.pem"), Path("client.key"), true}, true),
            "");
}

TEST_F(SessionTlsTest, NoClientCertificateIsRefused) {
  EXPECT_NE(Try("127.0.0.1", {Path("ca.pem"), "", "", true}), "");
}

TEST_F(SessionTlsTest, ServerOfAnotherAuthorityIsRefused) {
  EXPECT_NE(Try("127.0.0.1", {Path("other.pem"), Path("client.pem"), Path("client.key"), true}),
            "");
}

TEST_F(SessionTlsTest, ServerWithAnotherNameIsRefusedUnlessToldNotToVerify) {
  EXPECT_NE(Try("localhost", {Path("ca.pem"), Path("client.pem"), Path("client.key"), true}), "");
  EXPECT_EQ(Try("localhost", {Path("ca.pem"), Path("client.pem"), Path("client.key"), false}, true),
            "");
}

}  // namespace
}  // namespace tinyfog::mqtt
