#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "tinyfog/host/error.h"
#include "tinyfog/v1/fleet.pb.h"

/// What the gateway knows of the site's nodes, and what they shall be; survives its end.
namespace tinyfog::registry {

using WallTime = std::chrono::system_clock::time_point;

struct Options {
  std::filesystem::path file;        ///< SQLite database; its folder exists
  std::uint32_t max_nodes = 10'000;  ///< messages of more nodes are refused
};

/// Whether `id` may name a node: [A-Za-z0-9_.:-]{1,64}, not "gateway" or "art".
bool IsNodeId(std::string_view id);

/// What a message changed.
enum class Change : std::uint8_t {
  kNone,     ///< passed over: it tells of an older session or of something that is not desired
  kUpdated,  ///< something to look at has changed
  kBorn,     ///< the node has started or come back
  kGone,     ///< the node has left or is lost
};

/// The nodes. Reads come from memory. What nodes tell is written together by Flush; what operators
/// ask for is on disk when SetDesired and Remove return. One thread.
class Registry {
 public:
  /// Opens or creates the database. One that is damaged is renamed to "<file>.damaged-<seconds>"
  /// and replaced by an empty one, which `warnings` tells. Errors: kFailedPrecondition: written by
  /// a newer version; kPermissionDenied, kResourceExhausted, kInternal: of the file.
  static Outcome<std::unique_ptr<Registry>> Open(Options options,
                                                 std::vector<std::string>& warnings);
  virtual ~Registry() = default;

  virtual const v1::Node* Find(const std::string& id) const = 0;  ///< null: unknown
  virtual std::vector<const v1::Node*> List() const = 0;          ///< by id
  virtual std::size_t size() const = 0;

  /// A message of up/state. What it says of an older session changes nothing unless it is a birth
  /// that was just sent: that of a node which was provisioned anew. Errors: kInvalidArgument: id,
  /// kind, or a field is larger than nodes may send; kResourceExhausted: too many nodes.
  virtual Outcome<Change> State(const std::string& id, v1::NodeState state, bool retained,
                                WallTime now) = 0;
  /// A message of up/ota. Kept when it is about what is desired of the node. Errors: as of State;
  /// kNotFound: unknown node.
  virtual Outcome<Change> Report(const std::string& id, v1::OtaReport report, WallTime now) = 0;
  /// A message of up/telemetry. Errors: kNotFound: unknown node.
  virtual Outcome<Change> Telemetry(const std::string& id, v1::NodeTelemetry telemetry,
                                    WallTime now) = 0;
  /// Any other message came from the node.
  virtual void Seen(const std::string& id, WallTime now) = 0;
  /// At a gateway's start: nobody is known to be connected until its state has come.
  virtual void ForgetConnections() = 0;

  /// Replaces what is desired and gives it the next version, which is above every one that the node
  /// has told. Errors: kNotFound; kResourceExhausted: disk full; kInternal. Then nothing has
  /// changed.
  virtual Outcome<const v1::Node*> SetDesired(const std::string& id, v1::Desired desired) = 0;
  /// Errors: kNotFound; kFailedPrecondition: connected; those of SetDesired.
  virtual Outcome<void> Remove(const std::string& id) = 0;

  /// Writes at most `most` nodes that have changed, in one transaction; those of which only telemetry
  /// and sightings are new only `with_sightings`, to spare the disk. True: there are more. Errors:
  /// those of the disk; nothing is lost, the next call tries again.
  virtual Outcome<bool> Flush(bool with_sightings, std::size_t most = 256) = 0;
};

}  // namespace tinyfog::registry
