#include <gmock/gmock.h>
#include <grpc/support/log.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>

#include "listen_address.h"
#include "server_fixture.h"
#include "tinyfog/host/file.h"

namespace tinyfog::rpc {
namespace {

namespace fs = std::filesystem;
namespace oip = ::inference;
using grpc::StatusCode;
using testing::HasSubstr;

class ListenersTest : public ServerFixture {
 protected:
  Status CodeOfStart() {
    const auto started = TryStart();
    message_ = started.ok() ? "" : started.error().message;
    return started.ok() ? Status::kOk : started.error().code;
  }

  static grpc::Status Live(const std::shared_ptr<grpc::Channel>& channel) {
    oip::ServerLiveResponse response;
    const auto stub = oip::GRPCInferenceService::NewStub(channel);
    return stub->ServerLive(Context().get(), {}, &response);
  }

  /// Runs openssl in the test's folder.
  void Openssl(const std::string& arguments) {
    const std::string command =
        "cd " + folder_.string() + " && openssl " + arguments + " >/dev/null 2>&1";
    ASSERT_EQ(std::system(command.c_str()), 0) << command;
  }

  void MakeAuthority(const std::string& name) {
    Openssl("req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 1 -subj /CN=" +
            name + " -keyout " + name + ".key -out " + name + ".pem");
  }

  void MakeCertificate(const std::string& name, const std::string& authority) {
    std::ofstream(folder_ / "san.cnf") << "subjectAltName=DNS:localhost,IP:127.0.0.1\n";
    Openssl("req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=" + name +
            " -keyout " + name + ".key -out " + name + ".csr");
    Openssl("x509 -req -days 1 -CAcreateserial -extfile san.cnf -in " + name + ".csr -CA " +
            authority + ".pem -CAkey " + authority + ".key -out " + name + ".pem");
  }

  std::string Text(const std::string& name) const {
    const auto bytes = ReadFile(folder_ / name);
    return bytes.ok() ? std::string(bytes->begin(), bytes->end()) : "";
  }

  /// A client that trusts `authority` and shows `certificate` where it is not empty.
  std::shared_ptr<grpc::Channel> TlsChannel(const std::string& authority,
                                            const std::string& certificate) const {
    grpc::SslCredentialsOptions ssl;
    ssl.pem_root_certs = Text(authority + ".pem");
    if (!certificate.empty()) {
      ssl.pem_cert_chain = Text(certificate + ".pem");
      ssl.pem_private_key = Text(certificate + ".key");
    }
    return Connect("127.0.0.1:" + std::to_string(server_->port()), grpc::SslCredentials(ssl));
  }

  void UseTls(bool mutual) {
    MakeAuthority("ca");
    MakeCertificate("server", "ca");
    options_.tls = TlsOptions{folder_ / "server.pem", folder_ / "server.key",
                              mutual ? folder_ / "ca.pem" : fs::path()};
  }

  std::string message_;
};

TEST_F(ListenersTest, UnixSocket) {
  options_.listen.clear();
  options_.unix_socket = folder_ / "s";
  ASSERT_EQ(CodeOfStart(), Status::kOk) << message_;
  EXPECT_EQ(server_->port(), 0);
  struct stat info {};
  ASSERT_EQ(stat(options_.unix_socket.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0660u);
  EXPECT_TRUE(
      Live(Connect("unix:" + options_.unix_socket.string(), grpc::InsecureChannelCredentials()))
          .ok());
  const RpcOptions same = options_;
  const auto second = Server::Start(same, {*models_, *events_, *metrics_, {}});
  ASSERT_FALSE(second.ok());
  EXPECT_EQ(second.error().code, Status::kAlreadyExists);
  EXPECT_THAT(second.error().message, HasSubstr("another process listens"));
  EXPECT_TRUE(
      Live(Connect("unix:" + options_.unix_socket.string(), grpc::InsecureChannelCredentials()))
          .ok());
}

TEST_F(ListenersTest, StaleSocketIsReplacedAndFilesAreNot) {
  options_.unix_socket = folder_ / "s";
  const int stale = socket(AF_UNIX, SOCK_STREAM, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::snprintf(address.sun_path, sizeof(address.sun_path), "%s", options_.unix_socket.c_str());
  ASSERT_EQ(bind(stale, reinterpret_cast<const sockaddr*>(&address), sizeof(address)), 0);
  close(stale);
  EXPECT_EQ(CodeOfStart(), Status::kOk) << message_;
  server_.reset();
  std::ofstream(folder_ / "file") << "precious";
  options_.unix_socket = folder_ / "file";
  EXPECT_EQ(CodeOfStart(), Status::kAlreadyExists);
  EXPECT_EQ(Text("file"), "precious");
}

TEST_F(ListenersTest, PortInUse) {
  Start();
  options_.listen = "127.0.0.1:" + std::to_string(server_->port());
  const auto second = Server::Start(options_, {*models_, *events_, *metrics_, {}});
  ASSERT_FALSE(second.ok());
  EXPECT_EQ(second.error().code, Status::kAlreadyExists);
  EXPECT_THAT(second.error().message, HasSubstr(options_.listen));
}

TEST_F(ListenersTest, RefusesBadOptions) {
  for (const char* listen : {"127.0.0.1", ":1", "127.0.0.1:", "127.0.0.1:x", "127.0.0.1:65536",
                             "::1:80", "[127.0.0.1]:80"}) {
    options_.listen = listen;
    EXPECT_EQ(CodeOfStart(), Status::kInvalidArgument) << listen;
  }
  options_.listen.clear();
  EXPECT_EQ(CodeOfStart(), Status::kFailedPrecondition);
  options_.unix_socket = "relative";
  EXPECT_EQ(CodeOfStart(), Status::kInvalidArgument);
  options_.unix_socket = "/" + std::string(200, 'x');
  EXPECT_EQ(CodeOfStart(), Status::kInvalidArgument);
}

TEST_F(ListenersTest, PlainTextStaysOnLoopback) {
  for (const char* listen : {"0.0.0.0:0", "[::]:0", "192.0.2.1:0", "example.org:0"}) {
    options_.listen = listen;
    EXPECT_EQ(CodeOfStart(), Status::kFailedPrecondition) << listen;
    EXPECT_THAT(message_, HasSubstr("insecure = true"));
  }
  for (const char* listen : {"127.9.9.9:1", "localhost:1", "[::1]:1"}) {
    options_.listen = listen;
    EXPECT_TRUE(CheckOptions(options_).ok()) << listen;
  }
  options_.listen = "0.0.0.0:0";
  options_.insecure = true;
  EXPECT_EQ(CodeOfStart(), Status::kOk) << message_;
}

TEST_F(ListenersTest, Tls) {
  UseTls(false);
  ASSERT_EQ(CodeOfStart(), Status::kOk) << message_;
  EXPECT_TRUE(Live(TlsChannel("ca", "")).ok());
  MakeAuthority("other");
  EXPECT_EQ(Live(TlsChannel("other", "")).error_code(), StatusCode::UNAVAILABLE);
  EXPECT_EQ(Live(Connect("127.0.0.1:" + std::to_string(server_->port()),
                         grpc::InsecureChannelCredentials()))
                .error_code(),
            StatusCode::UNAVAILABLE);
}

TEST_F(ListenersTest, MutualTls) {
  UseTls(true);
  MakeCertificate("client", "ca");
  MakeAuthority("other");
  MakeCertificate("stranger", "other");
  ASSERT_EQ(CodeOfStart(), Status::kOk) << message_;
  const auto accepted = Live(TlsChannel("ca", "client"));
  EXPECT_TRUE(accepted.ok()) << accepted.error_message();
  EXPECT_EQ(Live(TlsChannel("ca", "")).error_code(), StatusCode::UNAVAILABLE);
  EXPECT_EQ(Live(TlsChannel("ca", "stranger")).error_code(), StatusCode::UNAVAILABLE);
}

TEST_F(ListenersTest, CertificatesAreExchangedWhileItServes) {
  UseTls(true);
  MakeCertificate("client", "ca");
  ASSERT_EQ(CodeOfStart(), Status::kOk) << message_;
  const auto old_channel = TlsChannel("ca", "client");
  EXPECT_TRUE(Live(old_channel).ok());
  EXPECT_FALSE(server_->ReloadTls().value());

  // A key of another certificate, as in the middle of a rotation: refused, and all goes on.
  MakeAuthority("new");
  MakeCertificate("next", "new");
  MakeCertificate("newclient", "new");
  fs::rename(folder_ / "next.key", folder_ / "server.key");
  const auto refused = server_->ReloadTls();
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, Status::kFailedPrecondition);
  EXPECT_TRUE(Live(TlsChannel("ca", "client")).ok());

  fs::rename(folder_ / "next.pem", folder_ / "server.pem");
  fs::copy_file(folder_ / "new.pem", folder_ / "ca.pem", fs::copy_options::overwrite_existing);
  const auto reloaded = server_->ReloadTls();
  ASSERT_TRUE(reloaded.ok()) << reloaded.error().message;
  EXPECT_TRUE(*reloaded);
  EXPECT_TRUE(Live(TlsChannel("new", "newclient")).ok());
  EXPECT_EQ(Live(TlsChannel("new", "client")).error_code(), StatusCode::UNAVAILABLE);
  EXPECT_TRUE(Live(old_channel).ok());
  EXPECT_FALSE(server_->ReloadTls().value());
}

TEST_F(ListenersTest, GrpcsOwnLogGoesThroughOurs) {
  Start();
  testing::internal::CaptureStderr();
  constexpr int kLines = 100;
  for (int i = 0; i < kLines; ++i) gpr_log(GPR_ERROR, "handshake with \"a b\" failed");
  const std::string log = testing::internal::GetCapturedStderr();
  EXPECT_THAT(log, HasSubstr(R"( warning gRPC text="handshake with \"a b\" failed")"));
  EXPECT_THAT(log, HasSubstr("at=listeners_test.cc:"));
  EXPECT_LT(std::count(log.begin(), log.end(), '\n'), kLines / 2);  // strangers cannot flood it
}

TEST_F(ListenersTest, UnusableCertificates) {
  UseTls(true);
  MakeCertificate("server2", "ca");
  options_.tls->key = folder_ / "server2.key";
  EXPECT_EQ(CodeOfStart(), Status::kFailedPrecondition);
  EXPECT_THAT(message_, HasSubstr("does not belong"));
  options_.tls->key = folder_ / "none.key";
  EXPECT_EQ(CodeOfStart(), Status::kNotFound);
  options_.tls->key = folder_ / "server.pem";
  EXPECT_EQ(CodeOfStart(), Status::kFailedPrecondition);
  options_.tls->certificate = folder_ / "server.key";
  EXPECT_EQ(CodeOfStart(), Status::kFailedPrecondition);
}

TEST_F(ListenersTest, HealthFollowsDraining) {
  Start();
  const std::string kCheck = "/grpc.health.v1.Health/Check";
  const std::string kService = "inference.GRPCInferenceService";
  const std::string named = std::string("\x0a") + static_cast<char>(kService.size()) + kService;
  EXPECT_EQ(CallRaw(channel_, kCheck, ""), "\x08\x01");  // SERVING
  EXPECT_EQ(CallRaw(channel_, kCheck, named), "\x08\x01");
  server_->SetServing(false);
  EXPECT_EQ(CallRaw(channel_, kCheck, named), "\x08\x02");  // NOT_SERVING
  server_->SetServing(true);
  EXPECT_EQ(CallRaw(channel_, kCheck, ""), "\x08\x01");
  server_->BeginDrain();
  server_->SetServing(true);
  EXPECT_EQ(CallRaw(channel_, kCheck, ""), "\x08\x02");
  EXPECT_EQ(CallRaw(channel_, kCheck, named), "\x08\x02");
  EXPECT_TRUE(Live(channel_).ok());
}

TEST_F(ListenersTest, ReflectionListsTheServices) {
  Start();
  const std::string list = CallRaw(
      channel_, "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo", {"\x3a\x00", 2});
  for (const char* service : {"inference.GRPCInferenceService", "tinyfog.v1.Gateway",
                              "tinyfog.v1.Models", "grpc.health.v1.Health"}) {
    EXPECT_THAT(list, HasSubstr(service));
  }
}

}  // namespace
}  // namespace tinyfog::rpc
