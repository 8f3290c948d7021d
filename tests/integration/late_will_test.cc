// A node's connection that breaks for the node alone: the broker holds it, and publishes its will
// when the node has long been connected anew.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include "broker.h"
#include "node_site.h"
#include "relay.h"

namespace tinyfog::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kNode[] = "n1-1";

/// What a broker beside the gateway's needs, to be one network with it. Ten seconds of keep-alive
/// are the least that mosquitto can ask for: it misses a client after 15.
std::string BridgeTo(const Broker& broker) {
  return "max_keepalive 10\nconnection bridge\naddress 127.0.0.1:" + std::to_string(broker.port()) +
         "\nrestart_timeout 1\ntopic tinyfog/# both 1\n";
}

/// A real node that reaches the gateway's broker, or another one that is bridged to it, through a
/// network that the test has in its hands.
class LateWill : public ::testing::Test {
 protected:
  void Start(int port) {
    relay_ = std::make_unique<Relay>(port);
    site_.gateway().Start();
    StartNode();
    ASSERT_TRUE(Becomes("state", "ready")) << site_.gateway().Log();
  }
  void StartNode() {
    node_ = site_.StartNodes(1, {"--broker", "127.0.0.1:" + std::to_string(relay_->port()),
                                 "--telemetry-interval", "1"});
  }
  bool Becomes(const std::string& field, const std::string& value) {
    return Eventually([&] { return site_.NodeField(kNode, field) == value; });
  }
  bool Says(const std::string& text) {
    return Eventually([&] { return site_.gateway().Log().find(text) != std::string::npos; },
                      std::chrono::seconds(60));
  }
  double States() {
    return site_.gateway().Metric("tinyfog_fleet_messages_total", "kind=\"state\"");
  }

  Broker broker_;
  NodeSite site_{broker_.uri()};
  std::unique_ptr<Relay> relay_;
  std::unique_ptr<Process> node_;
};

TEST_F(LateWill, OfAConnectionThatTheNodesNextOneReplacesIsNeverPublished) {
  Start(broker_.port());
  const double before = States();
  relay_->Abandon();
  EXPECT_TRUE(Eventually([&] { return States() > before; })) << node_->Errors();
  EXPECT_EQ(site_.NodeField(kNode, "state"), "ready");
  EXPECT_THAT(site_.gateway().Log(), Not(HasSubstr("node lost")));
}

TEST_F(LateWill, OfTheSameStartOnAnotherBrokerIsMendedByTheNodesNextWord) {
  Broker other(BridgeTo(broker_));
  Start(other.port());
  relay_->Redirect(broker_.port());
  relay_->Abandon();
  ASSERT_TRUE(Says("warning node lost node=n1-1")) << site_.gateway().Log();
  EXPECT_TRUE(Becomes("state", "ready")) << site_.gateway().Log();
  EXPECT_TRUE(Says("info node is back node=n1-1"));
}

TEST_F(LateWill, OfAnEarlierStartOnAnotherBrokerChangesNothing) {
  Broker other(BridgeTo(broker_));
  Start(other.port());
  relay_->Redirect(broker_.port());
  node_->Signal(SIGSTOP);  // it shall not connect again before it ends
  relay_->Abandon();
  node_.reset();
  StartNode();
  ASSERT_TRUE(Becomes("session", "2"));
  ASSERT_TRUE(Becomes("state", "ready"));
  const double before = States();
  ASSERT_TRUE(Eventually([&] { return States() > before; }, std::chrono::seconds(60)))
      << site_.gateway().Log();
  EXPECT_EQ(site_.NodeField(kNode, "state"), "ready");
  EXPECT_THAT(site_.gateway().Log(), Not(HasSubstr("node lost")));
}

}  // namespace
}  // namespace tinyfog::testing
