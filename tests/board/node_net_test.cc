#include <gtest/gtest.h>
#include <signal.h>
#include <stdlib.h>

#include <string>

#include "broker.h"
#include "mqtt_client.h"

// The image node_net on an emulated board, against a real broker on the emulator's host.
namespace tinyfog::testing {
namespace {

const std::string kRoot = "tinyfog/v1/test/node-525400123456/";

// What firmware/board/run starts: UART 0 is the output.
class Board {
 public:
  Board(const std::string& core, int port) {
    setenv("QEMU_ARGUMENTS", "-nic user,model=lan9118,mac=52:54:00:12:34:56", 1);
    process_ = std::make_unique<Process>(std::vector<std::string>{
        TINYFOG_SOURCE_DIR "/firmware/board/run", core,
        TINYFOG_BINARY_DIR "/" + core + "/bin/node_net.elf", std::to_string(port)});
  }
  ~Board() {
    if (::testing::Test::HasFailure()) {
      std::cerr << "board: " << process_->Output() << process_->Errors() << "\n";
    }
  }
  Process& process() { return *process_; }

 private:
  std::unique_ptr<Process> process_;
};

class NodeNetTest : public ::testing::TestWithParam<const char*> {
 protected:
  static void Publish(MqttClient& peer, const std::string& tail, std::string payload, int qos = 1) {
    mqtt::Message message;
    message.topic = kRoot + tail;
    message.payload = std::move(payload);
    message.qos = qos;
    peer.Publish(message);
  }
  static void Expect(MqttClient& peer, const std::string& tail, const std::string& payload) {
    const auto message = peer.Next();
    ASSERT_TRUE(message.has_value()) << "nothing came; expected " << tail << " " << payload;
    ASSERT_EQ(message->topic, kRoot + tail);
    ASSERT_EQ(message->payload, payload);
  }

  Broker broker_;
};

TEST_P(NodeNetTest, TellsItsBirthEchoesAndEnds) {
  MqttClient peer(broker_.uri(), {kRoot + "up/#"});
  Board board(GetParam(), broker_.port());
  Expect(peer, "up/state", "online");
  for (const int qos : {0, 1}) {
    Publish(peer, "down/echo", "hello", qos);
    Expect(peer, "up/echo", "hello");
  }
  Publish(peer, "down/echo", "");
  Expect(peer, "up/echo", "");
  Publish(peer, "down/echo", std::string(1024, 'x'));
  Expect(peer, "up/echo", std::string(1024, 'x'));
  // zlib.crc32(b"x" * 262144)
  Publish(peer, "down/echo", std::string(256 * 1024, 'x'));
  Expect(peer, "up/crc", "00040000 bbcd40b6");
  Publish(peer, "down/stop", "");
  EXPECT_EQ(board.process().Wait(), 0);
  EXPECT_NE(board.process().Output().find("stopped"), std::string::npos);
}

TEST_P(NodeNetTest, ManyMessagesLoseNothing) {
  MqttClient peer(broker_.uri(), {kRoot + "up/#"});
  Board board(GetParam(), broker_.port());
  Expect(peer, "up/state", "online");
  // As many at a time as the node takes without refusing.
  for (int i = 0; i < 200 && !HasFatalFailure(); i += 8) {
    for (int k = i; k < i + 8; ++k) Publish(peer, "down/echo", "message " + std::to_string(k));
    for (int k = i; k < i + 8; ++k) Expect(peer, "up/echo", "message " + std::to_string(k));
  }
}

TEST_P(NodeNetTest, TheBrokerSendsTheWillOfADeadNode) {
  MqttClient peer(broker_.uri(), {kRoot + "up/#"});
  Board board(GetParam(), broker_.port());
  Expect(peer, "up/state", "online");
  board.process().Signal(SIGKILL);
  Expect(peer, "up/state", "lost");
}

TEST_P(NodeNetTest, ComesBackAfterARestartOfTheBroker) {
  Board board(GetParam(), broker_.port());
  {
    MqttClient peer(broker_.uri(), {kRoot + "up/#"});
    Expect(peer, "up/state", "online");
  }
  broker_.Kill();
  broker_.Restart();
  // The birth comes twice if the first broker died before it acknowledged it.
  MqttClient state(broker_.uri(), {kRoot + "up/state"});
  Expect(state, "up/state", "online");
  MqttClient peer(broker_.uri(), {kRoot + "up/echo"});
  Publish(peer, "down/echo", "again");
  Expect(peer, "up/echo", "again");
}

INSTANTIATE_TEST_SUITE_P(Cores, NodeNetTest,
                         ::testing::Values("cortex-m4", "cortex-m7", "cortex-m33", "cortex-m55"),
                         [](const auto& info) {
                           std::string name = info.param;
                           return name.substr(name.find('-') + 1);
                         });

}  // namespace
}  // namespace tinyfog::testing
