#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "board.h"
#include "ctl.h"
#include "gateway.h"
#include "mqtt_client.h"
#include "site.h"
#include "tinyfog/v1/node.pb.h"

namespace tinyfog::testing {

/// A board behind TLS, a real broker, a real gateway and its operator. The parameter is the core.
class BoardGatewayTest : public ::testing::TestWithParam<const char*> {
 protected:
  BoardGatewayTest();
  /// A new board with version 1.0.0, which the gateway says is ready.
  void SetUp() override;

  std::string core() const { return GetParam(); }
  std::string hardware() const { return Board::HardwareOf(core()); }

  /// A signed image of one of the core's programs; `key`: the site's by default.
  std::filesystem::path Firmware(const std::string& version, int counter = 1,
                                 const std::string& program = "node",
                                 const std::filesystem::path& key = {});
  /// A signed package made of a .tflite file, the demo model by default.
  std::filesystem::path Model(int version, std::vector<std::string> options = {},
                              const std::filesystem::path& file = TINYFOG_SOURCE_DIR
                              "/fleet/demo/models/motor/1/model.tflite");
  /// A key that nobody trusts.
  std::filesystem::path Stranger();

  Finished Ctl(const std::vector<std::string>& arguments);
  void Push(const std::filesystem::path& artifact);
  /// `node set node-1 ... --wait`: its exit code; what it said is in said_.
  int Set(std::vector<std::string> wishes);
  std::string Field(const std::string& path) { return NodeField(gateway_, "node-1", path); }
  bool Becomes(const std::string& path, const std::string& value);
  /// The next message on a topic below the node's, e.g. "up/result/motor"; others are passed over.
  mqtt::Message Next(const std::string& tail);
  v1::NodeResult NextResult();

  Site site_;
  Gateway gateway_;
  std::unique_ptr<MqttClient> peer_;
  std::unique_ptr<Board> board_;
  std::string said_;

 private:
  int packages_ = 0;
};

}  // namespace tinyfog::testing
