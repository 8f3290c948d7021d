#include "gateway_for_test.h"

#include <algorithm>

namespace tinyfog::testing {
namespace {

const std::string kNode = "tinyfog/v1/default/node-1/";

Gateway::Options OptionsOf(const Site& site) {
  Gateway::Options options;
  options.broker_uri = site.uri();
  options.tables["artifacts"] =
      "trusted_keys = [\"" + (site.folder() / "signing.pub").string() + "\"]\n";
  options.tables["fleet"] = "gather_ms = 100\n";
  return options;
}

}  // namespace

BoardGatewayTest::BoardGatewayTest() : gateway_(OptionsOf(site_)) {}

void BoardGatewayTest::SetUp() {
  gateway_.Start();
  peer_ = std::make_unique<MqttClient>(site_.uri(), std::vector{kNode + "#"});
  board_ =
      std::make_unique<Board>(core(), site_.Provision("node-1", hardware(), Firmware("1.0.0")));
  board_->Start();
  ASSERT_TRUE(Becomes("state", "ready")) << gateway_.Log();
}

std::filesystem::path BoardGatewayTest::Firmware(const std::string& version, int counter,
                                                 const std::string& program,
                                                 const std::filesystem::path& key) {
  return site_.SignImage(Board::Image(core(), program), hardware(), version, counter, key);
}

std::filesystem::path BoardGatewayTest::Model(int version, std::vector<std::string> options,
                                              const std::filesystem::path& file) {
  const auto package = site_.folder() / ("package-" + std::to_string(packages_++) + ".tfp");
  if (std::ranges::find(options, "--key") == options.end()) {
    options.insert(options.end(), {"--key", site_.signing_key()});
  }
  std::vector<std::string> arguments = {Program("tinyfog-package"), "make",   file,
                                        "-o",                       package,  "--name",
                                        "motor",                    "--target", core(),
                                        "--version",                std::to_string(version)};
  arguments.insert(arguments.end(), options.begin(), options.end());
  const Finished made = RunCommand(arguments);
  EXPECT_EQ(made.code, 0) << made.errors;
  return package;
}

std::filesystem::path BoardGatewayTest::Stranger() {
  const std::filesystem::path folder = site_.folder() / "stranger";
  EXPECT_EQ(RunCommand({Program("tinyfog-provision"), "site", folder}).code, 0);
  return folder / "signing.key";
}

Finished BoardGatewayTest::Ctl(const std::vector<std::string>& arguments) {
  return RunCtl(gateway_, arguments, std::chrono::seconds(240));
}

void BoardGatewayTest::Push(const std::filesystem::path& artifact) {
  const Finished pushed = Ctl({"artifact", "push", artifact});
  EXPECT_EQ(pushed.code, 0) << pushed.errors;
}

int BoardGatewayTest::Set(std::vector<std::string> wishes) {
  wishes.insert(wishes.begin(), {"node", "set", "node-1", "--wait"});
  const Finished set = Ctl(wishes);
  said_ = set.errors;
  return set.code;
}

bool BoardGatewayTest::Becomes(const std::string& path, const std::string& value) {
  return Eventually([&] { return Field(path) == value; }, std::chrono::seconds(60));
}

mqtt::Message BoardGatewayTest::Next(const std::string& tail) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::minutes(1);
  while (std::chrono::steady_clock::now() < end) {
    auto message = peer_->Next(std::chrono::seconds(60));
    if (message && message->topic == kNode + tail) return *std::move(message);
  }
  ADD_FAILURE() << "nothing came on " << tail;
  return {};
}

v1::NodeResult BoardGatewayTest::NextResult() {
  v1::NodeResult result;
  EXPECT_TRUE(result.ParseFromString(Next("up/result/motor").payload));
  return result;
}

}  // namespace tinyfog::testing
