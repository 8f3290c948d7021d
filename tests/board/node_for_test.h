#pragma once

#include <gtest/gtest.h>

#include "artifact_for_test.h"
#include "board.h"
#include "mqtt_client.h"
#include "site.h"

namespace tinyfog::testing {

/// A node's firmware on an emulated board: provisioned flash, bootloader, a real broker that
/// demands certificates. The test is the gateway. Its parameter is the core.
class NodeTest : public ::testing::TestWithParam<const char*> {
 protected:
  using NodeState = v1::NodeState;
  using OtaReport = v1::OtaReport;

  void SetUp() override { settings_.set_sample_interval_ms(100); }

  std::string core() const { return GetParam(); }
  std::string hardware() const { return Board::HardwareOf(core()); }

  /// A signed image of one of the core's programs; firmware_ and the site's key by default.
  std::filesystem::path Image(const std::string& version, int counter = 1,
                              const std::string& program = {},
                              const std::filesystem::path& key = {});
  /// A new node that starts with version 1.0.0.
  void StartBoard(Site::Security security = Site::Security::kCertificates);

  std::string Key() const { return site_.signing_key(); }
  /// A key that nobody trusts.
  std::filesystem::path Stranger();
  /// The demo model for a target, packed as the options say.
  Artifact Package(const std::string& target, int version, std::vector<std::string> options);
  Artifact Model(int version, int counter = 1);

  /// The next message on one of the node's topics below up/, within a minute; what comes on others
  /// is passed over.
  template <class Message>
  Message Next(const std::string& tail) {
    Message result;
    EXPECT_TRUE(result.ParseFromString(NextPayload(tail))) << tail;
    return result;
  }
  /// A state of that kind.
  NodeState NextState(NodeState::Kind kind);

  /// A topic below the site's root.
  void Publish(const std::string& topic, std::string payload, bool retained = false);
  void Command(v1::NodeCommand::Verb verb);
  /// The next desired state, with settings_.
  void Want(const Artifact& artifact);
  void Want(v1::Desired desired);
  /// Publishes what a report says is missing.
  void Send(const Artifact& artifact, const OtaReport& report);
  /// Sends what is missing until the node has it or refuses it, or is in `until`: its last word.
  OtaReport Follow(const Artifact& artifact, OtaReport::State until = OtaReport::STATE_DONE);
  /// Want, then Follow.
  OtaReport Deliver(const Artifact& artifact);
  void ExpectTaken(const Artifact& artifact);
  void ExpectRefused(const Artifact& artifact, v1::UpdateReason reason);

  static const std::string kRoot;  ///< the site's
  static const std::string kUp;    ///< the node's, up

  Site site_;
  std::string firmware_ = "node";
  v1::Desired::Settings settings_;
  MqttClient peer_{site_.uri(), {kUp + "#"}};
  std::unique_ptr<Board> board_;
  std::uint64_t desired_ = 0;

 private:
  std::string NextPayload(const std::string& tail);

  int packages_ = 0;
};

}  // namespace tinyfog::testing
