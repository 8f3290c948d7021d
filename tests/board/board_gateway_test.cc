#include <gmock/gmock.h>

#include <map>

#include "gateway_for_test.h"
#include "tinyfog/base/crc32.h"

// The whole chain: an operator's commands, the gateway, the broker, TLS, a board's firmware.
namespace tinyfog::testing {
namespace {

using ::testing::HasSubstr;

// What node_misbehaves does, by the build number of its version.
constexpr std::uint32_t kMisbehaves = 0xBAD00000, kCrashes = 1, kHangs = 2, kRefusesItself = 4,
                        kWhenOnline = 16;

std::uint32_t CrcOf(const std::string& bytes) {
  return Crc32({reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()});
}

TEST_P(BoardGatewayTest, TheOperatorSeesTheBoard) {
  const Finished list = Ctl({"node", "list"});
  EXPECT_THAT(list.output, HasSubstr("node-1  ready  " + hardware() + "  1.0.0"));
  EXPECT_EQ(Field("target"), core());
  EXPECT_EQ(Field("firmware_confirmed"), "true");
  EXPECT_EQ(Field("session"), "1");
  board_->Kill();
  EXPECT_TRUE(Becomes("state", "lost"));
  board_->Start();
  EXPECT_TRUE(Becomes("state", "ready"));
  EXPECT_EQ(Field("session"), "2");
}

// The node sends a window up that it has answered itself: node and gateway have the same bytes.
TEST_P(BoardGatewayTest, NodeAndGatewayComputeTheSame) {
  Push(Model(1));
  ASSERT_EQ(Set({"--model", "motor@1"}), 0) << said_;
  EXPECT_THAT(Field("models"), HasSubstr(R"("active":true,"name":"motor")"));
  ASSERT_EQ(Ctl({"node", "set", "node-1", "--cascade-permille", "1000", "--sample-interval-ms",
                 "200"})
                .code,
            0);
  const mqtt::Message sample = Next("up/infer/motor");
  const mqtt::Message answer = Next("down/infer/motor");
  EXPECT_EQ(answer.correlation_data, sample.correlation_data);
  v1::NodeResult result;
  // Its own result of this window came before the window; the next windows have the same pair.
  do result = NextResult();
  while (!HasFailure() && !result.from_gateway());
  EXPECT_EQ(result.input_crc(), CrcOf(sample.payload));
  EXPECT_EQ(result.output_crc(), CrcOf(answer.payload));
  std::map<std::uint32_t, std::uint32_t> own;  // outputs' CRC by the inputs'
  for (int compared = 0; compared < 5 && !HasFailure();) {
    result = NextResult();
    if (!result.from_gateway()) {
      own[result.input_crc()] = result.output_crc();
    } else if (own.contains(result.input_crc())) {
      EXPECT_EQ(result.output_crc(), own[result.input_crc()]);
      ++compared;
    }
  }
  EXPECT_TRUE(Eventually([&] {
    return gateway_.Metric("tinyfog_inference_requests_total", R"(outcome="ok")") >= 6;
  }));
}

TEST_P(BoardGatewayTest, FirmwareIsConfirmedOrTakenBack) {
  Push(Model(1));
  Push(Firmware("2.0.0", 2));
  ASSERT_EQ(Set({"--model", "motor@1", "--firmware", "2.0.0"}), 0) << said_;
  EXPECT_EQ(Field("firmware"), "2.0.0");
  EXPECT_EQ(Field("firmware_confirmed"), "true");
  int minor = 0;
  for (const auto& [does, reason] : std::initializer_list<std::pair<std::uint32_t, const char*>>{
           {kCrashes, "refused: reverted"},
           {kHangs | kWhenOnline, "refused: reverted"},
           {kRefusesItself, "refused: self test"}}) {
    SCOPED_TRACE(reason);
    const std::string version =
        "3." + std::to_string(minor++) + ".0+" + std::to_string(kMisbehaves + does);
    Push(Firmware(version, 2, "node_misbehaves"));
    EXPECT_EQ(Set({"--firmware", version}), 1);
    EXPECT_THAT(said_, HasSubstr("node 'node-1' " + std::string(reason)));
    EXPECT_TRUE(Becomes("state", "ready"));
    EXPECT_EQ(Field("update.state"), "refused") << "the model, which is there, does not hide it";
    EXPECT_EQ(Field("firmware"), "2.0.0");
    EXPECT_EQ(Field("firmware_confirmed"), "true");
  }
  Push(Firmware("4.0.0", 2));
  ASSERT_EQ(Set({"--firmware", "4.0.0"}), 0) << said_;
  EXPECT_EQ(Field("firmware"), "4.0.0");
  EXPECT_EQ(gateway_.Metric("tinyfog_fleet_updates_total", R"(reason="reverted")"), 2);
  EXPECT_EQ(gateway_.Metric("tinyfog_fleet_updates_total", R"(reason="self_test")"), 1);
}

TEST_P(BoardGatewayTest, TheGatewayRefusesWhatTheBoardWould) {
  const auto pushed = [&](const std::filesystem::path& file) {
    const Finished done = Ctl({"artifact", "push", file});
    EXPECT_EQ(done.code, 1);
    return done.errors;
  };
  EXPECT_THAT(pushed(Firmware("2.0.0", 1, "node", Stranger())), HasSubstr("trusted"));
  EXPECT_THAT(pushed(Model(1, {"--key", Stranger()})), HasSubstr("trusted"));
  Push(Firmware("2.0.0", 5));
  ASSERT_EQ(Set({"--firmware", "2.0.0"}), 0) << said_;
  ASSERT_TRUE(Becomes("state", "ready"));
  Push(Firmware("2.1.0", 4));
  EXPECT_EQ(Set({"--firmware", "2.1.0"}), 1);
  EXPECT_THAT(said_, HasSubstr("security counter 4, the node takes 5 and above"));
  Push(site_.SignImage(Board::Image(core(), "node"), "other-board", "2.2.0", 5));
  EXPECT_EQ(Set({"--firmware", "other-board@2.2.0"}), 1);
  EXPECT_THAT(said_, HasSubstr("for the hardware 'other-board'"));
  Push(Model(2, {"--hardware", "other-board"}));
  EXPECT_EQ(Set({"--model", "motor@2"}), 1);
  EXPECT_THAT(said_, HasSubstr("for the hardware 'other-board'"));
  EXPECT_EQ(Field("firmware"), "2.0.0");
  EXPECT_EQ(Field("desired.model"), "null");
}

INSTANTIATE_TEST_SUITE_P(Cores, BoardGatewayTest,
                         ::testing::Values("cortex-m4", "cortex-m7", "cortex-m33", "cortex-m55"),
                         [](const auto& info) { return std::string(info.param).substr(7); });

}  // namespace
}  // namespace tinyfog::testing
