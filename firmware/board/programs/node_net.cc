#include "clock.h"
#include "echo_node.h"
#include "print.h"
#include "program.h"
#include "semihosting.h"
#include "tcp_stream.h"

// A node on the network: node_net PORT connects to a broker on that port of the emulator's host.
namespace tinyfog::board {

std::int32_t Main() {
  char line[128] = {};
  const char* words[2] = {};
  if (CommandLine(line, words) != 2) {
    Print("usage: node_net PORT\n");
    return 2;
  }
  StartClock();
  static Network network;
  if (!network.Start(kEmulatorNetwork)) {
    Print("no Ethernet controller\n");
    return 1;
  }
  static TcpStream stream(kEmulatorNetwork.router, ParsePort(words[1]));
  RunEchoNode(network, stream);
  return 0;
}

}  // namespace tinyfog::board
