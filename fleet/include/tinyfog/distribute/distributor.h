#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>

#include "tinyfog/wire/firmware_image.h"

/// Decides when which chunk of an artifact goes to all nodes that miss it.
namespace tinyfog::distribute {

using Time = std::chrono::microseconds;  ///< since any moment; never runs back
using Digest = wire::Sha256;

struct Options {
  /// From a want until the first chunk, and again after each further node that wants: so that all
  /// have subscribed, and one pass serves them all.
  Time gather = std::chrono::seconds(1);
  Time repair_gather = std::chrono::seconds(2);  ///< the same before chunks are sent again
  Time longest_gather = std::chrono::seconds(30);
  /// A chunk may be on its way to a node for so long after the broker took it.
  Time settle = std::chrono::milliseconds(1500);
  std::uint32_t window_chunks = 16;             ///< not yet acknowledged by the broker
  std::uint64_t bytes_per_second = 512 * 1024;  ///< of chunks; 0: as fast as the window allows
};

/// What is to be published now, with QoS 1.
struct Publication {
  enum class Kind : std::uint8_t {
    kDesired,  ///< down/desired of `node`, retained
    kChunk,    ///< art/<digest>/<chunk>, not retained
  };
  Kind kind = Kind::kChunk;
  std::uint64_t ticket = 0;  ///< for Sent and Acknowledged; never 0
  std::string node;
  Digest digest{};
  std::uint32_t chunk = 0;
  bool repair = false;  ///< was published before
};

struct Stats {
  std::uint64_t chunks = 0;   ///< sent, repairs included
  std::uint64_t bytes = 0;    ///< of these
  std::uint64_t repairs = 0;  ///< chunks sent that had been sent before
  std::uint32_t waiting = 0;  ///< publications that are due and not sent yet
  std::uint32_t in_flight = 0;
  std::uint32_t transfers = 0;  ///< artifacts that nodes miss chunks of
};

class Transfer;

/// The engine of the distribution: no I/O, no clock of its own. What all nodes miss of an artifact
/// is united and published once, in passes; a chunk goes out again only when a node's report says
/// that it is missing although it cannot be on its way any more. Artifacts take turns. After a loss
/// of the broker or a restart of the gateway everything follows from the nodes' next reports.
///
/// A node counts as having lost a chunk when it has received one that was published later (brokers
/// keep the order), when it has received nothing between two reports, or when it has just come. One
/// that asks and asks without receiving anything new is served more and more rarely.
/// One thread.
class Distributor {
 public:
  explicit Distributor(const Options& options);
  ~Distributor();
  Distributor(const Distributor&) = delete;
  Distributor& operator=(const Distributor&) = delete;

  void Connected(Time now);
  /// Publications not acknowledged stay so: who publishes sends them again.
  void Disconnected(Time now);

  /// What the node shall be must be published (again).
  void Offer(const std::string& node);
  /// The node misses chunks: bit i of byte i/8 of `missing`: chunk i; what is behind its end is not
  /// missing. `chunks` is the artifact's number, at least 1. A node takes one artifact at a time.
  void Report(Time now, const std::string& node, const Digest& digest, std::uint32_t chunks,
              std::span<const std::uint8_t> missing);
  /// The node misses nothing any more: it is done, refuses, or has gone.
  void Leave(const std::string& node);
  /// The same, if this is what it wants.
  void Leave(const std::string& node, const Digest& digest);
  /// The artifact cannot be had: whoever wants it leaves.
  void Abandon(const Digest& digest);

  /// The next publication, if one is due and the window has room. It takes its place at once: say
  /// Sent or Unsent.
  std::optional<Publication> Next(Time now);
  void Sent(Time now, std::uint64_t ticket, std::uint32_t bytes);
  /// It could not be handed over: is due again when the next report says so.
  void Unsent(std::uint64_t ticket);
  void Acknowledged(Time now, std::uint64_t ticket);

  /// When Next may have something although nothing happens; nothing: not before an input.
  std::optional<Time> Wake() const;
  Stats stats() const;

 private:
  std::optional<Publication> NextChunk(Time now);
  void Prune(const Digest& digest);

  const Options options_;
  bool connected_ = false;
  std::map<Digest, std::unique_ptr<Transfer>> transfers_;
  std::map<std::string, Digest> wants_;  ///< of each node that wants
  std::set<std::string> offers_;
  std::map<std::uint64_t, Publication> in_flight_;
  std::uint64_t ticket_ = 0;
  Digest last_served_{};
  Time free_at_{0};  ///< when the rate allows the next chunk
  Stats stats_;
};

}  // namespace tinyfog::distribute
