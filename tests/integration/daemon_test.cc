// The daemon as a program: options, signals, sockets, TLS.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <atomic>
#include <thread>

#include "broker.h"
#include "gateway.h"
#include "inference_client.h"
#include "mqtt_client.h"

namespace tinyfog::testing {
namespace {

using ::testing::HasSubstr;

TEST(Daemon, RefusesABadConfigurationWithFileLineAndWhatWouldBeRight) {
  TemporaryFolder folder;
  Store(folder / "bad.toml", "[grpc]\nlisten = 5\n\n[mqtt]\nsiet = \"x\"\nqos = 7\n");
  const auto checked = RunCommand(
      {Program("tinyfogd"), "--check-config", "--config", (folder / "bad.toml").string()});
  EXPECT_NE(checked.code, 0);
  const std::string said = checked.output + checked.errors;
  EXPECT_THAT(said, HasSubstr("bad.toml:2"));
  EXPECT_THAT(said, HasSubstr("bad.toml:5"));
  EXPECT_THAT(said, HasSubstr("site"));  // what was meant
  EXPECT_THAT(said, HasSubstr("bad.toml:6"));
  EXPECT_NE(RunCommand({Program("tinyfogd"), "--config", (folder / "none.toml").string()}).code, 0);
  EXPECT_NE(RunCommand({Program("tinyfogd"), "--no-such-option"}).code, 0);
  EXPECT_EQ(RunCommand({Program("tinyfogd"), "--help"}).code, 0);
  EXPECT_THAT(RunCommand({Program("tinyfogd"), "--version"}).output, HasSubstr("0.1"));
}

TEST(Daemon, TwoDaemonsNeverShareADataFolder) {
  Gateway gateway;
  gateway.Start();
  const auto second = RunCommand({Program("tinyfogd"), "--config", gateway.config().string(),
                                  "--data", (gateway.folder() / "data").string()});
  EXPECT_NE(second.code, 0);
  EXPECT_THAT(second.errors, HasSubstr("data"));
}

TEST(Daemon, ReloadsOnHangupAndKeepsTheOldConfigurationWhenTheNewOneIsBad) {
  Gateway gateway;
  gateway.Start();
  const std::string good = Contents(gateway.config());
  Store(gateway.config(), good + "\nnonsense = 1\n");
  gateway.process().Signal(SIGHUP);
  EXPECT_TRUE(Eventually([&] {
    return gateway.Metric("tinyfog_config_reload_failures_total") == 1;
  })) << gateway.Log();
  Store(gateway.config(), good);
  gateway.process().Signal(SIGHUP);
  EXPECT_TRUE(Eventually([&] {
    return gateway.Metric("tinyfog_config_last_reload_successful") == 1;
  })) << gateway.Log();
  InferenceClient client(gateway.grpc());
  EXPECT_TRUE(client.Ready("motor"));
}

TEST(Daemon, TermUnderLoadAnswersEveryAcceptedRequest) {
  Broker broker;
  Gateway gateway({.broker_uri = broker.uri()});
  gateway.Start();
  MqttClient client(broker.uri());
  constexpr std::size_t kRequests = 500;
  for (std::size_t i = 0; i < kRequests; ++i) client.Publish(MotorRequest(client));
  ASSERT_TRUE(Eventually([&] { return client.received() > 10; }));
  EXPECT_EQ(gateway.Stop(), 0) << gateway.Log();
  // What the daemon had not received yet waits at the broker for its successor (persistent
  // session).
  gateway.Start();
  EXPECT_TRUE(Eventually([&] { return client.received() >= kRequests; }))
      << client.received() << " of " << kRequests ;
}

TEST(Daemon, ServesTheUnixSocketAndRemovesItAtTheEnd) {
  Gateway gateway;
  gateway.Start();
  {
    InferenceClient client(gateway.unix_target());
    EXPECT_TRUE(client.Ready("motor"));
  }
  const auto status =
      RunCommand({Program("tinyfogctl"), "--server", gateway.unix_target(), "status"});
  EXPECT_EQ(status.code, 0) << status.errors;
  EXPECT_THAT(status.output, HasSubstr("(CpuTiny"));  // the backends in use
  const std::string socket = gateway.unix_target().substr(5);
  EXPECT_TRUE(std::filesystem::exists(socket));
  EXPECT_EQ(gateway.Stop(), 0);
  EXPECT_FALSE(std::filesystem::exists(socket));
  EXPECT_FALSE(std::filesystem::exists(gateway.folder() / "data" / "endpoints.json"));
}

/// A certificate authority with a server's and a client's certificate, made by the openssl program.
class Certificates {
 public:
  Certificates() {
    Openssl({"req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
             "-keyout", path("ca.key"), "-out", path("ca.pem"), "-subj", "/CN=test-ca", "-days",
             "2"});
    Issue("server");
    Issue("client");
  }
  std::string path(const std::string& name) const { return (folder_ / name).string(); }

 private:
  void Issue(const std::string& name) {
    Openssl({"req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout",
             path(name + ".key"), "-out", path(name + ".csr"), "-subj", "/CN=" + name});
    Store(path(name + ".ext"), "subjectAltName=DNS:localhost,IP:127.0.0.1\n");
    Openssl({"x509", "-req", "-in", path(name + ".csr"), "-CA", path("ca.pem"), "-CAkey",
             path("ca.key"), "-CAcreateserial", "-out", path(name + ".pem"), "-days", "2",
             "-extfile", path(name + ".ext")});
  }
  static void Openssl(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "openssl");
    const auto done = RunCommand(arguments);
    ASSERT_EQ(done.code, 0) << done.errors;
  }
  TemporaryFolder folder_;
};

TEST(Daemon, MutualTlsAdmitsOnlyClientsOfItsAuthority) {
  Certificates certificates;
  Gateway::Options options;
  options.tables["grpc.tls"] = "certificate = \"" + certificates.path("server.pem") +
                               "\"\nkey = \"" + certificates.path("server.key") +
                               "\"\nclient_ca = \"" + certificates.path("ca.pem") + "\"\n";
  Gateway gateway(options);
  gateway.Start();

  grpc::SslCredentialsOptions known;
  known.pem_root_certs = Contents(certificates.path("ca.pem"));
  known.pem_cert_chain = Contents(certificates.path("client.pem"));
  known.pem_private_key = Contents(certificates.path("client.key"));
  InferenceClient friendly(gateway.grpc(), grpc::SslCredentials(known));
  EXPECT_TRUE(friendly.Ready("motor")) << friendly.status().error_message();

  grpc::SslCredentialsOptions anonymous;
  anonymous.pem_root_certs = known.pem_root_certs;
  InferenceClient stranger(gateway.grpc(), grpc::SslCredentials(anonymous));
  EXPECT_FALSE(stranger.Ready("motor"));
  InferenceClient plain(gateway.grpc());
  EXPECT_FALSE(plain.Ready("motor"));

  // The program sees it the same way.
  const auto shown =
      RunCommand({Program("tinyfogctl"), "--server", gateway.grpc(), "--tls-ca",
                  certificates.path("ca.pem"), "--tls-cert", certificates.path("client.pem"),
                  "--tls-key", certificates.path("client.key"), "model", "list"});
  EXPECT_EQ(shown.code, 0) << shown.errors;
  EXPECT_THAT(shown.output, HasSubstr("motor"));
}

TEST(Daemon, HangupExchangesCertificatesAndNamesTheKeysThatNeedARestart) {
  Certificates certificates;
  const Certificates fresh;
  const auto trusting = [](const Certificates& authority) {
    grpc::SslCredentialsOptions options;
    options.pem_root_certs = Contents(authority.path("ca.pem"));
    return grpc::SslCredentials(options);
  };
  Gateway::Options options;
  options.tables["grpc.tls"] = "certificate = \"" + certificates.path("server.pem") +
                               "\"\nkey = \"" + certificates.path("server.key") + "\"\n";
  Gateway gateway(options);
  gateway.Start();
  EXPECT_TRUE(InferenceClient(gateway.grpc(), trusting(certificates)).Ready("motor"));

  // In the middle of a rotation the key is not the certificate's.
  const auto replace = [&](const std::string& name) {
    std::filesystem::copy_file(fresh.path(name), certificates.path(name),
                               std::filesystem::copy_options::overwrite_existing);
  };
  replace("server.key");
  gateway.process().Signal(SIGHUP);
  EXPECT_TRUE(Eventually([&] {
    return gateway.Metric("tinyfog_config_reload_failures_total") == 1;
  })) << gateway.Log();
  EXPECT_TRUE(InferenceClient(gateway.grpc(), trusting(certificates)).Ready("motor"));

  replace("server.pem");
  Store(gateway.config(), Contents(gateway.config()) + "[mqtt.tls]\nverify = false\n");
  gateway.process().Signal(SIGHUP);
  EXPECT_TRUE(Eventually([&] {
    return gateway.Metric("tinyfog_config_last_reload_successful") == 1;
  })) << gateway.Log();
  EXPECT_TRUE(InferenceClient(gateway.grpc(), trusting(fresh)).Ready("motor"));
  EXPECT_THAT(gateway.Log(), HasSubstr("TLS certificate reloaded"));
  EXPECT_TRUE(Eventually([&] {
    return gateway.Log().find("need a restart of tinyfogd keys=mqtt.tls.verify") !=
           std::string::npos;
  })) << gateway.Log();
}

TEST(Daemon, PlainTextBeyondLoopbackMustBeAskedForByName) {
  TemporaryFolder folder;
  Store(folder / "open.toml", "[grpc]\nlisten = \"0.0.0.0:0\"\n[metrics]\nlisten = \"\"\n");
  const auto refused = RunCommand({Program("tinyfogd"), "--config", (folder / "open.toml").string(),
                                   "--data", (folder / "data").string()});
  EXPECT_NE(refused.code, 0);
  EXPECT_THAT(refused.errors, HasSubstr("insecure"));
}

TEST(Daemon, PrometheusOwnToolFindsNothingWrongWithTheMetrics) {
  if (RunCommand({"sh", "-c", "command -v promtool"}).code != 0) {
    GTEST_SKIP() << "promtool is not installed (package prometheus)";
  }
  Gateway gateway;
  gateway.Start();
  InferenceClient client(gateway.grpc());
  EXPECT_TRUE(client.Ready("motor"));
  MqttClient node(gateway.mqtt());
  for (const char* topic : {"n/up/infer/motor", "n/up/infer/no-such-model", "n/up/state"}) {
    mqtt::Message message;
    message.topic = std::string("tinyfog/v1/default/") + topic;
    message.payload.assign(384, '\1');
    message.qos = 1;
    node.Publish(std::move(message));
  }
  // Each of them has made metrics with labels of its own.
  ASSERT_TRUE(Eventually([&] {
    return gateway.Metric("tinyfog_inference_requests_total") >= 1 &&
           gateway.Metric("tinyfog_fleet_messages_refused_total") >= 1;
  }));
  const Finished checked = RunCommand({"promtool", "check", "metrics"}, gateway.Metrics());
  EXPECT_EQ(checked.code, 0) << checked.output << checked.errors;
}

}  // namespace
}  // namespace tinyfog::testing
