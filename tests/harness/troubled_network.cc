#include "troubled_network.h"

#include <gtest/gtest.h>
#include <sched.h>

#include <cerrno>
#include <cstring>
#include <sstream>

#include "process.h"

namespace tinyfog::testing {
namespace {

// The board's cable ends in a bridge: a packet that is dropped behind it has been sent for its
// sender, while a drop in the sender's own path would be told to its TCP.
constexpr char kLinks[] =
    "link set lo up\n"
    "link add br0 type bridge\n"
    "tuntap add tap0 mode tap\n"
    "link set tap0 master br0\n"
    "link set tap0 up\n"
    "link set br0 up\n"
    "addr add 10.0.2.2/24 dev br0\n";
constexpr char kTables[] =
    "table ip nodes {\n"
    "  counter lost_up { }\n"
    "  chain up { type filter hook input priority 0; }\n"
    "  chain reset_down { type filter hook output priority 0; }\n"
    "}\n"
    "table bridge nodes {\n"
    "  counter lost_down { }\n"
    "  chain down { type filter hook output priority 0; }\n"
    "}\n";
// Packets between processes on loopback have this destination in both directions.
constexpr char kUp[] = "ip daddr 10.0.2.2 ";
constexpr char kDown[] = "ip saddr 10.0.2.2 ip daddr 10.0.2.15 ";
// The resets themselves must get through.
constexpr char kRefuse[] = "tcp flags & rst == 0 reject with tcp reset";

std::optional<std::string> Failure(const std::string& what, const Finished& finished) {
  if (finished.code == 0) return std::nullopt;
  return what + " failed: " + finished.errors;
}

std::uint64_t PacketsOf(const std::string& family, const std::string& counter) {
  const auto listed = RunCommand({"nft", "list", "counter", family, "nodes", counter});
  EXPECT_EQ(listed.code, 0) << listed.errors;
  const std::size_t at = listed.output.find("packets ");
  return at == std::string::npos ? 0 : std::stoull(listed.output.substr(at + 8));
}

// One of the kernel's TCP counters, whose names stand in the line above.
std::uint64_t TcpCounter(const std::string& name) {
  std::istringstream lines(Contents("/proc/self/net/snmp"));
  std::string names, values, key, value;
  while (std::getline(lines, names) && !names.starts_with("Tcp:")) {
  }
  std::getline(lines, values);
  std::istringstream keys(names), numbers(values);
  while (keys >> key && numbers >> value) {
    if (key == name) return std::stoull(value);
  }
  return 0;
}

}  // namespace

std::optional<std::string> TroubledNetwork::Enter() {
  for (const char* tool : {"ip", "nft"}) {
    if (RunCommand({tool, "-V"}).code != 0) return std::string("there is no ") + tool;
  }
  if (unshare(CLONE_NEWNET) != 0) return std::string("no network of its own: ") + strerror(errno);
  if (auto why = Failure("ip", RunCommand({"ip", "-batch", "-"}, kLinks))) return why;
  return Failure("nft", RunCommand({"nft", "-f", "-"}, kTables));
}

void TroubledNetwork::Rules(const std::string& up, const std::string& down,
                            const std::string& reset_down) {
  std::string text =
      "flush chain ip nodes up\nflush chain ip nodes reset_down\nflush chain bridge nodes down\n";
  if (!up.empty()) text += "add rule ip nodes up " + (kUp + up) + "\n";
  if (!down.empty()) text += "add rule bridge nodes down " + (kDown + down) + "\n";
  if (!reset_down.empty()) text += "add rule ip nodes reset_down " + (kDown + reset_down) + "\n";
  const auto done = RunCommand({"nft", "-f", "-"}, text);
  EXPECT_EQ(done.code, 0) << done.errors << text;
}

void TroubledNetwork::LosePercent(int percent) {
  const std::string drawn = "numgen random mod 100 < " + std::to_string(percent) + " ";
  Rules(drawn + "counter name lost_up drop", drawn + "counter name lost_down drop", "");
}

void TroubledNetwork::LoseAll() {
  Rules("counter name lost_up drop", "counter name lost_down drop", "");
}

void TroubledNetwork::ResetAll() { Rules(kRefuse, "", kRefuse); }

void TroubledNetwork::Heal() { Rules("", "", ""); }

TroubledNetwork::Count TroubledNetwork::Counted() const {
  return {PacketsOf("ip", "lost_up"), PacketsOf("bridge", "lost_down"), TcpCounter("RetransSegs")};
}

}  // namespace tinyfog::testing
