#include "tinyfog/fleet/node_message.h"

#include <gtest/gtest.h>

namespace tinyfog::fleet {
namespace {

TEST(NodeMessage, TopicsSayWhatThePayloadIs) {
  v1::NodeState state;
  state.set_kind(v1::NodeState::KIND_READY);
  state.set_session(7);
  const auto parsed = ParseNodeMessage("s", "tinyfog/v1/s/n1/up/state", state.SerializeAsString());
  ASSERT_TRUE(parsed.ok());
  EXPECT_EQ(parsed->node, "n1");
  EXPECT_EQ(std::get<v1::NodeState>(parsed->body).session(), 7u);
  const auto kind = [](const std::string& tail) {
    const auto message = ParseNodeMessage("s", "tinyfog/v1/s/n1/up/" + tail, "");
    return message.ok() ? static_cast<int>(message->body.index()) : -1;
  };
  EXPECT_EQ(kind("state"), 0);
  EXPECT_EQ(kind("ota"), 1);
  EXPECT_EQ(kind("telemetry"), 2);
  EXPECT_EQ(kind("result/motor"), 3);
  EXPECT_EQ(kind("infer/motor"), -1);
  EXPECT_EQ(kind("state/more"), -1);
}

TEST(NodeMessage, ForeignAndHostileOnesAreRefused) {
  const auto code = [](const std::string& topic, const std::string& payload) {
    const auto message = ParseNodeMessage("s", topic, payload);
    return message.ok() ? Status::kOk : message.error().code;
  };
  EXPECT_EQ(code("tinyfog/v1/other/n1/up/state", ""), Status::kInvalidArgument);
  EXPECT_EQ(code("tinyfog/v1/s/gateway/up/state", ""), Status::kInvalidArgument);
  EXPECT_EQ(code("tinyfog/v1/s/art/up/state", ""), Status::kInvalidArgument);
  EXPECT_EQ(code("tinyfog/v1/s/a b/up/state", ""), Status::kInvalidArgument);
  EXPECT_EQ(code("tinyfog/v1/s/n1/down/state", ""), Status::kNotFound);
  EXPECT_EQ(code("tinyfog/v1/s/n1/up/state", "\xff\xff\xff"), Status::kInvalidArgument);
  EXPECT_EQ(code("tinyfog/v1/s/n1/up/state", std::string(1025, '\0')), Status::kInvalidArgument);
  EXPECT_EQ(code("tinyfog/v1/s/n1/up/result/m", std::string(65, '\0')), Status::kInvalidArgument);
}

}  // namespace
}  // namespace tinyfog::fleet
