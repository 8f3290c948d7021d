#include "node_view.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tinyfog::ctl {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

v1::Node Make() {
  v1::Node node;
  node.set_id("n1");
  node.set_connected(true);
  node.mutable_seen()->set_seconds(1000);
  auto& state = *node.mutable_state();
  state.set_kind(v1::NodeState::KIND_READY);
  state.set_hardware("mps2-an386");
  state.set_target("cortex-m4");
  auto& model = *state.add_models();
  model.set_name("motor");
  model.set_version(3);
  model.set_active(true);
  return node;
}

void Desire(v1::Node& node) {
  auto& model = *node.mutable_desired()->mutable_model();
  model.set_digest(std::string(32, '\xab'));
  model.set_name("motor");
  model.set_version(4);
}

TEST(NodeView, UpdateTextFollowsTheUpdate) {
  v1::Node node = Make();
  EXPECT_EQ(UpdateText(node), "");
  Desire(node);
  EXPECT_EQ(UpdateText(node), "offered");
  auto& ota = *node.mutable_model_ota();
  ota.set_digest(node.desired().model().digest());
  ota.set_state(v1::OtaReport::STATE_WANT);
  ota.set_chunks(8);
  ota.set_received(2);
  EXPECT_EQ(UpdateText(node), "want 25 %");
  ota.set_received(4'000'000'000u);  // a node may say anything
  ota.set_chunks(1);
  EXPECT_EQ(UpdateText(node), "want 100 %");
  ota.set_state(v1::OtaReport::STATE_REFUSED);
  ota.set_reason(v1::UPDATE_REASON_WRONG_SIGNATURE);
  ota.set_text("slot 1");
  EXPECT_EQ(UpdateText(node), "refused: wrong signature (slot 1)");
}

TEST(NodeView, WhatIsDoneDoesNotHideWhatIsNot) {
  v1::Node node = Make();
  Desire(node);
  node.mutable_model_ota()->set_digest(node.desired().model().digest());
  node.mutable_model_ota()->set_state(v1::OtaReport::STATE_DONE);
  EXPECT_EQ(UpdateText(node), "done");
  node.mutable_desired()->mutable_firmware()->set_digest(std::string(32, '\xcd'));
  EXPECT_EQ(UpdateText(node), "offered");
  auto& firmware = *node.mutable_firmware_ota();
  firmware.set_digest(node.desired().firmware().digest());
  firmware.set_state(v1::OtaReport::STATE_REFUSED);
  firmware.set_reason(v1::UPDATE_REASON_REVERTED);
  EXPECT_EQ(UpdateText(node), "refused: reverted");
  EXPECT_THAT(RenderNode(node, 1007, {}), HasSubstr("): refused: reverted"));
  EXPECT_THAT(RenderNode(node, 1000, {}), HasSubstr("just now"));
  firmware.set_state(v1::OtaReport::STATE_DONE);
  EXPECT_EQ(UpdateText(node), "done");
}

TEST(NodeView, TablesAndLinesSayWhatTheNodeIs) {
  v1::Node node = Make();
  Desire(node);
  const std::string table = RenderNodes({node}, 1007, {});
  EXPECT_THAT(table, HasSubstr("mps2-an386"));
  EXPECT_THAT(table, HasSubstr("motor@3"));
  EXPECT_THAT(table, HasSubstr("7.0 s ago"));
  const std::string shown = RenderNode(node, 1007, {});
  EXPECT_THAT(shown, HasSubstr("motor@4 (abababababab"));
  EXPECT_THAT(shown, Not(HasSubstr("telemetry")));
  EXPECT_EQ(NodeLine(node), "n1  ready  motor@3  update offered\n");
  node.set_connected(false);
  EXPECT_THAT(NodeLine(node), HasSubstr("unknown"));
  v1::Node removed;
  removed.set_id("n2");
  EXPECT_EQ(NodeLine(removed), "n2  removed\n");
}

TEST(NodeView, NamesFromTheNetworkCannotWriteToTheTerminal) {
  v1::Node node = Make();
  node.mutable_state()->mutable_models(0)->set_name("a\x1b[2Jb");
  EXPECT_THAT(NodeLine(node) + RenderNode(node, 0, {}) + RenderNodes({node}, 0, {}),
              Not(HasSubstr("\x1b")));
}

TEST(NodeView, JsonHasNullForWhatIsNot) {
  term::JsonWriter json;
  WriteNode(Make(), json);
  EXPECT_THAT(json.text(), HasSubstr("\"desired\":{\"version\":0,\"model\":null"));
  EXPECT_THAT(json.text(), HasSubstr("\"update\":null,\"telemetry\":null"));
}

}  // namespace
}  // namespace tinyfog::ctl
