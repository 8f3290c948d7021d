#include "tinyfog/registry/registry.h"

#include <algorithm>
#include <map>
#include <set>
#include <system_error>

#include "database.h"
#include "message_limits.h"
#include "tinyfog/host/file.h"

namespace tinyfog::registry {
namespace {

constexpr std::size_t kMostId = 64;

void SetTime(WallTime time, google::protobuf::Timestamp& stamp) {
  const auto ns = std::chrono::duration_cast<std::chrono::nanoseconds>(time.time_since_epoch());
  stamp.set_seconds(ns.count() / 1'000'000'000);
  stamp.set_nanos(static_cast<std::int32_t>(ns.count() % 1'000'000'000));
}

bool IsHere(const v1::NodeState& state) {
  return state.kind() == v1::NodeState::KIND_BORN || state.kind() == v1::NodeState::KIND_READY;
}

Error Unknown(const std::string& id) { return NotFound("no node '" + id + "' is known"); }

bool IsAbout(const v1::OtaReport& report, const v1::Desired::Artifact& artifact) {
  return !artifact.digest().empty() && report.digest() == artifact.digest();
}

/// Where the report belongs; null: it is of nothing that is desired.
v1::OtaReport* PlaceOf(const v1::OtaReport& report, v1::Node& node) {
  if (IsAbout(report, node.desired().firmware())) return node.mutable_firmware_ota();
  return IsAbout(report, node.desired().model()) ? node.mutable_model_ota() : nullptr;
}

std::uint64_t NextVersion(const v1::Node& node) {
  return std::max({node.desired().version(), node.state().desired(), node.model_ota().desired(),
                   node.firmware_ota().desired()}) +
         1;
}

class StoredRegistry final : public Registry {
 public:
  StoredRegistry(Options options, std::unique_ptr<Database> database)
      : options_(std::move(options)), database_(std::move(database)) {}

  Outcome<void> Load() {
    TINYFOG_TRY_ASSIGN(const auto rows, database_->Load());
    for (const Row& row : rows) {
      v1::Node node;
      if (!node.ParseFromString(row.node) || node.id() != row.id) {
        return Error{Status::kDataLoss, "the record of node " + row.id + " cannot be read"};
      }
      nodes_.emplace(row.id, std::move(node));
    }
    return {};
  }

  const v1::Node* Find(const std::string& id) const override {
    const auto it = nodes_.find(id);
    return it == nodes_.end() ? nullptr : &it->second;
  }

  std::vector<const v1::Node*> List() const override {
    std::vector<const v1::Node*> list;
    list.reserve(nodes_.size());
    for (const auto& [id, node] : nodes_) list.push_back(&node);
    return list;
  }

  std::size_t size() const override { return nodes_.size(); }

  Outcome<Change> State(const std::string& id, v1::NodeState state, bool retained,
                        WallTime now) override {
    if (!IsNodeId(id)) return InvalidArgument("the node's id is not [A-Za-z0-9_.:-]{1,64}");
    TINYFOG_TRY(CheckAndClean(state));
    const auto it = nodes_.find(id);
    if (!IsHere(state)) {
      if (it == nodes_.end() || state.session() != it->second.state().session()) {
        return Change::kNone;  // the will of a connection that a newer one has replaced
      }
      return Leave(it->second, state.kind(), now);
    }
    if (it == nodes_.end()) {
      if (nodes_.size() >= options_.max_nodes) {
        return Error{Status::kResourceExhausted,
                     "there are " + std::to_string(nodes_.size()) +
                         " nodes already: remove some with `tinyfogctl node remove`, or raise "
                         "fleet.max_nodes"};
      }
      nodes_[id].set_id(id);
    } else if (retained && state.session() < it->second.state().session()) {
      return Change::kNone;  // a broker that has lost its newest messages
    }
    return Arrive(nodes_[id], std::move(state), now);
  }

  Outcome<Change> Report(const std::string& id, v1::OtaReport report, WallTime now) override {
    TINYFOG_TRY(CheckAndClean(report));
    const auto it = nodes_.find(id);
    if (it == nodes_.end()) return Unknown(id);
    Touch(it->second, now);
    v1::OtaReport* const place = PlaceOf(report, it->second);
    if (place == nullptr) return Change::kNone;
    *place = std::move(report);
    SetTime(now, *it->second.mutable_ota_time());
    dirty_.insert(id);
    return Change::kUpdated;
  }

  Outcome<Change> Telemetry(const std::string& id, v1::NodeTelemetry telemetry,
                            WallTime now) override {
    const auto it = nodes_.find(id);
    if (it == nodes_.end()) return Unknown(id);
    telemetry.DiscardUnknownFields();
    *it->second.mutable_telemetry() = std::move(telemetry);
    SetTime(now, *it->second.mutable_telemetry_time());
    Touch(it->second, now);
    return Change::kUpdated;
  }

  void Seen(const std::string& id, WallTime now) override {
    const auto it = nodes_.find(id);
    if (it != nodes_.end()) Touch(it->second, now);
  }

  void ForgetConnections() override {
    for (auto& [id, node] : nodes_) node.set_connected(false);
  }

  Outcome<const v1::Node*> SetDesired(const std::string& id, v1::Desired desired) override {
    const auto it = nodes_.find(id);
    if (it == nodes_.end()) return Unknown(id);
    v1::Node changed = it->second;
    desired.set_version(NextVersion(changed));
    *changed.mutable_desired() = std::move(desired);
    const v1::Desired& now = changed.desired();
    if (!IsAbout(changed.model_ota(), now.model())) changed.clear_model_ota();
    if (!IsAbout(changed.firmware_ota(), now.firmware())) changed.clear_firmware_ota();
    TINYFOG_TRY(database_->Write({{id, changed.SerializeAsString()}}));
    Clean(id);
    it->second = std::move(changed);
    return const_cast<const v1::Node*>(&it->second);
  }

  Outcome<void> Remove(const std::string& id) override {
    const auto it = nodes_.find(id);
    if (it == nodes_.end()) return Unknown(id);
    if (it->second.connected()) {
      return FailedPrecondition("node '" + id +
                                "' is connected and would be back at once: switch it off first");
    }
    TINYFOG_TRY(database_->Erase(id));
    Clean(id);
    nodes_.erase(it);
    return {};
  }

  Outcome<bool> Flush(bool with_sightings, std::size_t most) override {
    if (with_sightings) dirty_.merge(seen_);
    std::vector<Row> rows;
    for (const auto& id : dirty_) {
      if (rows.size() >= most) break;
      rows.push_back({id, nodes_.at(id).SerializeAsString()});
    }
    if (rows.empty()) return false;
    TINYFOG_TRY(database_->Write(rows));
    for (const Row& row : rows) Clean(row.id);
    return !dirty_.empty();
  }

 private:
  Change Arrive(v1::Node& node, v1::NodeState state, WallTime now) {
    const bool born =
        !node.has_state() || !IsHere(node.state()) || state.session() != node.state().session();
    const bool was_connected = node.connected();
    if (born) node.set_births(node.births() + 1);
    node.set_connected(true);
    *node.mutable_state() = std::move(state);
    SetTime(now, *node.mutable_changed());
    Touch(node, now);
    dirty_.insert(node.id());
    return born || !was_connected ? Change::kBorn : Change::kUpdated;
  }

  Outcome<Change> Leave(v1::Node& node, v1::NodeState::Kind kind, WallTime now) {
    if (node.state().kind() == kind && !node.connected()) return Change::kNone;
    node.mutable_state()->set_kind(kind);
    node.set_connected(false);
    SetTime(now, *node.mutable_changed());
    dirty_.insert(node.id());
    return Change::kGone;
  }

  void Touch(v1::Node& node, WallTime now) {
    SetTime(now, *node.mutable_seen());
    seen_.insert(node.id());
  }

  void Clean(const std::string& id) {
    dirty_.erase(id);
    seen_.erase(id);
  }

  const Options options_;
  const std::unique_ptr<Database> database_;
  std::map<std::string, v1::Node> nodes_;
  std::set<std::string> dirty_;  ///< differ from what is on disk
  std::set<std::string> seen_;   ///< in nothing but telemetry and times
};

Outcome<std::unique_ptr<Registry>> TryOpen(const Options& options) {
  TINYFOG_TRY_ASSIGN(auto database, Database::Open(options.file));
  auto registry = std::make_unique<StoredRegistry>(options, std::move(database));
  TINYFOG_TRY(registry->Load());
  return std::unique_ptr<Registry>(std::move(registry));
}

/// Moves a damaged database, with its journals, out of the way. Returns where to.
Outcome<std::filesystem::path> SetAside(const std::filesystem::path& file) {
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(
                           std::chrono::system_clock::now().time_since_epoch())
                           .count();
  std::filesystem::path aside = file;
  aside += ".damaged-" + std::to_string(seconds);
  for (int again = 1; std::filesystem::exists(aside); ++again) {
    aside = file;
    aside += ".damaged-" + std::to_string(seconds) + "-" + std::to_string(again);
  }
  for (const char* tail : {"-wal", "-shm", ""}) {
    std::error_code error;
    std::filesystem::rename(file.string() + tail, aside.string() + tail, error);
    if (error && error != std::errc::no_such_file_or_directory) {
      return SystemError(error.value(), "cannot move the damaged " + file.string() + " away");
    }
  }
  return aside;
}

}  // namespace

bool IsNodeId(std::string_view id) {
  return !id.empty() && id.size() <= kMostId && id != "gateway" && id != "art" &&
         std::all_of(id.begin(), id.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                  c == '_' || c == '.' || c == ':' || c == '-';
         });
}

Outcome<std::unique_ptr<Registry>> Registry::Open(Options options,
                                                  std::vector<std::string>& warnings) {
  auto opened = TryOpen(options);
  if (opened.ok() || opened.error().code != Status::kDataLoss) return opened;
  TINYFOG_TRY_ASSIGN(const auto aside, SetAside(options.file));
  warnings.push_back(opened.error().message + "; the damaged node registry is kept as " +
                     aside.string() +
                     ", a new one starts empty: nodes come back with their next message, what they "
                     "shall be must be set again");
  return TryOpen(options);
}

}  // namespace tinyfog::registry
