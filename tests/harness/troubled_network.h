#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace tinyfog::testing {

/// A network that only the test's process and its children have, between a broker at 10.0.2.2 and
/// the nodes that call it there: an emulated board on a cable of its own (kBoardNic), processes on
/// loopback. It can be made to lose packets, in both directions; what a packet's sender hears of it
/// is nothing, as on a real cable. Connections to 127.0.0.1 suffer nothing. It ends with the last
/// of its processes.
class TroubledNetwork {
 public:
  /// What a Board is to be made with.
  static constexpr char kBoardNic[] = "tap,ifname=tap0,script=no,downscript=no";

  /// Moves this process there for good; once, before it has other threads. Returns why that is not
  /// possible here: it takes root, iproute2 and nftables.
  static std::optional<std::string> Enter();

  /// Each packet is lost with that probability. The kernel draws: no seed repeats it.
  void LosePercent(int percent);
  void LoseAll();
  /// Each packet is answered by a reset of its connection: an end loses it when it sends something.
  void ResetAll();
  void Heal();

  struct Count {
    std::uint64_t lost_up = 0;     ///< packets to the broker; those of processes in both directions
    std::uint64_t lost_down = 0;   ///< packets to the board
    std::uint64_t sent_again = 0;  ///< segments of this kernel's TCP: the broker's and processes'
  };
  /// Since Enter.
  Count Counted() const;

 private:
  void Rules(const std::string& up, const std::string& down, const std::string& reset_down);
};

}  // namespace tinyfog::testing
