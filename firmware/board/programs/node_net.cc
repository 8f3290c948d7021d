#include <algorithm>

#include "clock.h"
#include "echo_node.h"
#include "network.h"
#include "print.h"
#include "program.h"
#include "semihosting.h"
#include "tcp_stream.h"
#include "tinyfog/node/mqtt_link.h"

// A node on the network: node_net PORT connects to a broker on that port of the emulator's host.
namespace tinyfog::board {
namespace {

// Addresses of QEMU's user network. Source: QEMU, "User networking".
constexpr NetworkConfig kNetwork = {{10, 0, 2, 15}, {255, 255, 255, 0}, {10, 0, 2, 2}, 1};

std::uint16_t Port(const char* text) {
  std::uint32_t port = 0;
  for (; *text >= '0' && *text <= '9'; ++text) {
    port = port * 10 + static_cast<std::uint32_t>(*text - '0');
  }
  return static_cast<std::uint16_t>(port);
}

void Run(Network& network, std::uint16_t port) {
  static EchoNode node(network.address());
  static TcpStream stream(kNetwork.router, port);
  static node::MqttLink link(node.client(), stream);
  node.client().Start(NowMs());
  while (!node.stopped() || node.client().wants_transport()) {
    const bool received = network.Poll();
    if (link.Turn(NowMs()) || received) continue;
    SleepUntil(std::min(network.NextDeadline(), node.client().NextDeadline()));
  }
  for (int i = 0; i < 3; ++i) link.Turn(NowMs());
}

}  // namespace

std::int32_t Main() {
  char line[128] = {};
  const char* words[2] = {};
  if (CommandLine(line, words) != 2) {
    Print("usage: node_net PORT\n");
    return 2;
  }
  StartClock();
  static Network network;
  if (!network.Start(kNetwork)) {
    Print("no Ethernet controller\n");
    return 1;
  }
  PaintStack();
  Run(network, Port(words[1]));
  Print("stopped, stack ", StackBytes(), "\n");
  return 0;
}

}  // namespace tinyfog::board
