#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "gateway.h"
#include "mqtt_client.h"
#include "process.h"
#include "tinyfog/v1/node.pb.h"

namespace tinyfog::testing {

/// A site with a signing key, whose gateway has the artifacts that were made before it started.
class NodeSite {
 public:
  /// `fleet`: more of the configuration's table [fleet].
  explicit NodeSite(const std::string& broker_uri = "", const std::string& fleet = "");

  /// The checked-in model as a package for nodes of any core.
  std::filesystem::path MakeModel(int version) const;
  void AddModel(int version) { Keep(MakeModel(version)); }
  /// A firmware image of so many bytes for `hardware`; nothing runs it. Returns the file's bytes.
  std::string AddFirmware(const std::string& hardware, const std::string& version,
                          std::size_t bytes);

  /// So many real nodes (tinyfog-node) in one process: n1-1, n1-2 and so on. Those of an earlier
  /// call start again with what is in their flash. The gateway has started. `arguments`: more.
  std::unique_ptr<Process> StartNodes(int count, const std::vector<std::string>& arguments = {});

  Gateway& gateway() { return *gateway_; }
  const std::filesystem::path& folder() const { return folder_.path(); }
  /// tinyfogctl on this gateway.
  Finished Ctl(std::vector<std::string> arguments) const;
  /// One field of `node show` as JSON text, e.g. "desired.version"; "" when there is none.
  std::string NodeField(const std::string& node, const std::string& path) const;

 private:
  void Keep(const std::filesystem::path& file) const;

  TemporaryFolder folder_;
  std::unique_ptr<Gateway> gateway_;
};

/// A node that speaks the messages and stores what it gets, without any of a node's code.
class ScriptedNode {
 public:
  ScriptedNode(const std::string& uri, const std::string& id, std::uint64_t session = 1);

  v1::NodeState& birth() { return birth_; }
  void Tell(v1::NodeState::Kind kind);
  void Tell(v1::NodeState::Kind kind, std::uint64_t session);
  /// Takes what has come; asks for what is missing at first and then every second. True: everything
  /// that is desired is there.
  bool Turn();
  /// Reports this instead of asking for chunks.
  void RefuseWith(v1::UpdateReason reason) { refusal_ = reason; }

  const v1::Desired& desired() const { return desired_; }
  /// The chunks in order.
  std::string Content() const;
  std::size_t received() const { return chunks_.size(); }
  std::size_t twice() const { return twice_; }  ///< chunks that came again

 private:
  void Report(v1::OtaReport::State state);
  void Take(const mqtt::Message& message);

  const std::string root_ = "tinyfog/v1/default/";
  const std::string id_;
  v1::NodeState birth_;
  v1::Desired desired_;
  std::map<std::uint32_t, std::string> chunks_;
  std::size_t twice_ = 0;
  v1::UpdateReason refusal_ = v1::UPDATE_REASON_NONE;
  bool done_ = false;
  std::chrono::steady_clock::time_point reported_{};
  MqttClient client_;
};

}  // namespace tinyfog::testing
