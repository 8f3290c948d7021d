#include "keeper.h"

#include <algorithm>
#include <span>
#include <utility>

#include "tinyfog/fleet/node_text.h"
#include "tinyfog/log/log.h"

namespace tinyfog::fleet {
namespace {

constexpr distribute::Time kComplain = std::chrono::minutes(1);
constexpr distribute::Time kAgain = std::chrono::seconds(5);
constexpr distribute::Time kSightings = std::chrono::minutes(1);
constexpr distribute::Time kCount = std::chrono::seconds(1);

distribute::Options ToDistribution(const Options& options) {
  distribute::Options distribution;
  distribution.gather = options.gather;
  distribution.repair_gather =
      std::max<distribute::Time>(distribution.repair_gather, options.gather);
  distribution.window_chunks = options.window;
  distribution.bytes_per_second = options.bytes_per_second;
  return distribution;
}

std::span<const std::uint8_t> Bytes(const std::string& text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

wire::Sha256 ToDigest(const std::string& bytes) {
  wire::Sha256 digest{};
  if (bytes.size() == digest.size()) std::copy(bytes.begin(), bytes.end(), digest.begin());
  return digest;
}

const v1::Desired::Artifact* DesiredOf(const v1::Node& node, const std::string& digest) {
  for (const auto* artifact : {&node.desired().firmware(), &node.desired().model()}) {
    if (!digest.empty() && artifact->digest() == digest) return artifact;
  }
  return nullptr;
}

/// Whether `last` is long ago, or never was; then it becomes `now`.
bool IsDue(distribute::Time& last, distribute::Time now) {
  if (last != distribute::Time(0) && now < last + kAgain) return false;
  last = now;
  return true;
}

/// The last report of that artifact, which may be an empty one.
const v1::OtaReport& ReportOf(const v1::Node& node, const std::string& digest) {
  return !digest.empty() && node.desired().firmware().digest() == digest ? node.firmware_ota()
                                                                         : node.model_ota();
}

bool IsEnd(const v1::OtaReport& report) {
  return report.state() == v1::OtaReport::STATE_DONE ||
         report.state() == v1::OtaReport::STATE_REFUSED;
}

}  // namespace

Moment Moment::Now() {
  return {std::chrono::system_clock::now(),
          std::chrono::duration_cast<distribute::Time>(
              std::chrono::steady_clock::now().time_since_epoch())};
}

Keeper::Keeper(const Options& options, std::string site, std::unique_ptr<registry::Registry> nodes,
               const artifact::Store& store, Board& board, metrics::Registry& metrics,
               events::EventBus& events)
    : root_("tinyfog/v1/" + site + "/"),
      site_(std::move(site)),
      nodes_(std::move(nodes)),
      board_(board),
      events_(events),
      metrics_(metrics),
      log_(site_, *nodes_),
      distributor_(ToDistribution(options)),
      files_(store) {
  nodes_->ForgetConnections();
  for (const v1::Node* node : nodes_->List()) board_.Publish(*node);
}

void Keeper::OnMessage(const mqtt::Message& message, Moment now) {
  if (message.payload.empty() && message.topic.ends_with("/up/state")) return;  // was cleared
  auto parsed = ParseNodeMessage(site_, message.topic, message.payload);
  if (!parsed.ok()) return Refuse(message.topic, parsed.error(), now);
  const std::string& node = parsed->node;
  if (auto* state = std::get_if<v1::NodeState>(&parsed->body)) {
    return On(node, std::move(*state), message.retained, now);
  }
  if (auto* report = std::get_if<v1::OtaReport>(&parsed->body)) {
    On(node, std::move(*report), now);
  } else if (auto* telemetry = std::get_if<v1::NodeTelemetry>(&parsed->body)) {
    On(node, std::move(*telemetry), now);
  } else {
    On(node, std::get<v1::NodeResult>(parsed->body), now);
  }
  if (!message.retained) AskIfLost(node, now);
}

/// A lost node that speaks was not lost: a connection that it had before was. Its state, which it
/// is asked for, also takes the place of the will that the broker keeps.
void Keeper::AskIfLost(const std::string& id, Moment now) {
  const v1::Node* node = nodes_->Find(id);
  if (node == nullptr || node->state().kind() != v1::NodeState::KIND_LOST) return;
  if (IsDue(asked_[id], now.steady)) to_ask_.push_back(id);
}

void Keeper::On(const std::string& id, v1::NodeState state, bool retained, Moment now) {
  metrics_.Message("state");
  const v1::Node* known = nodes_->Find(id);
  const auto before = known != nullptr ? std::optional(*known) : std::nullopt;
  const auto change = nodes_->State(id, std::move(state), retained, now.wall);
  if (!change.ok()) return Refuse(id + "/up/state", change.error(), now);
  if (*change == registry::Change::kNone) return;
  const v1::Node& node = *nodes_->Find(id);
  board_.Publish(node);
  log_.Changed(*change, before ? &*before : nullptr, node, now.steady);
  const char* name = StateName(node.state().kind());
  if (*change != registry::Change::kUpdated) Tell(id, name, "", "node " + id + " is " + name);
  if (*change == registry::Change::kGone) return distributor_.Leave(id);
  if (*change == registry::Change::kBorn) distributor_.Leave(id);  // its reports start anew
  OfferIfBehind(node, node.state().desired(), now);
}

void Keeper::On(const std::string& id, v1::OtaReport report, Moment now) {
  metrics_.Message("ota");
  const v1::Node* known = nodes_->Find(id);
  const v1::OtaReport before =
      known != nullptr ? ReportOf(*known, report.digest()) : v1::OtaReport();
  const auto change = nodes_->Report(id, report, now.wall);
  if (!change.ok()) return Refuse(id + "/up/ota", change.error(), now);
  const v1::Node& node = *nodes_->Find(id);
  board_.Publish(node);
  OfferIfBehind(node, report.desired(), now);
  Distribute(node, report, now);
  if (*change == registry::Change::kUpdated) TellUpdate(node, report, before);
}

void Keeper::On(const std::string& id, v1::NodeTelemetry telemetry, Moment now) {
  metrics_.Message("telemetry");
  const auto change = nodes_->Telemetry(id, std::move(telemetry), now.wall);
  if (!change.ok()) return Refuse(id + "/up/telemetry", change.error(), now);
  board_.Publish(*nodes_->Find(id));
}

void Keeper::On(const std::string& id, const v1::NodeResult&, Moment now) {
  metrics_.Message("result");
  nodes_->Seen(id, now.wall);
}

/// Feeds the distribution with what the node misses of what it shall have.
void Keeper::Distribute(const v1::Node& node, const v1::OtaReport& report, Moment now) {
  const auto* artifact = DesiredOf(node, report.digest());
  if (artifact == nullptr || report.state() != v1::OtaReport::STATE_WANT) {
    return distributor_.Leave(node.id(), ToDigest(report.digest()));
  }
  distributor_.Report(now.steady, node.id(), ToDigest(report.digest()), artifact->chunks(),
                      Bytes(report.missing()));
}

void Keeper::TellUpdate(const v1::Node& node, const v1::OtaReport& told,
                        const v1::OtaReport& before) {
  const v1::OtaReport& report = ReportOf(node, told.digest());  // its text can be printed
  const bool same = before.state() == report.state() && before.digest() == report.digest();
  if (same) return;
  const std::string reason = ReasonName(report.reason());
  const char* state = UpdateStateName(report.state());
  const char* kind = report.kind() == v1::ARTIFACT_KIND_FIRMWARE ? "firmware" : "model";
  std::string text = "node " + node.id() + ": " + kind + " update " + state;
  if (!reason.empty()) text += ": " + reason;
  if (!report.text().empty()) text += " (" + report.text() + ")";
  Tell(node.id(), state, reason, text);
  if (!IsEnd(report)) return;
  metrics_.Update(report.kind(), state, reason);
  const std::string artifact = DigestText(report.digest());
  if (report.state() == v1::OtaReport::STATE_DONE) {
    log::Info("node updated", {{"node", node.id()}, {"kind", kind}, {"artifact", artifact}});
  } else {
    log::Warning("node refused its update", {{"node", node.id()},
                                             {"kind", kind},
                                             {"artifact", artifact},
                                             {"reason", reason},
                                             {"text", report.text()}});
  }
}

/// A node that has read an older desired state than it shall have gets it again.
void Keeper::OfferIfBehind(const v1::Node& node, std::uint64_t has, Moment now) {
  if (node.desired().version() == 0 || has == node.desired().version()) return;
  if (IsDue(offered_[node.id()], now.steady)) distributor_.Offer(node.id());
}

void Keeper::Refuse(const std::string& topic, const Error& error, Moment now) {
  metrics_.Refused(StatusName(error.code));
  if (complained_ != distribute::Time(0) && now.steady < complained_ + kComplain) return;
  complained_ = now.steady;  // strangers can cause it: at most one line a minute
  log::Warning("message of a node passed over", {{"topic", topic}, {"reason", error.message}});
}

void Keeper::Tell(const std::string& node, const char* state, const std::string& reason,
                  const std::string& text) {
  v1::Event event;
  event.set_kind(v1::Event::KIND_NODE);
  event.set_text(text);
  event.mutable_node()->set_node(node);
  event.mutable_node()->set_state(state);
  event.mutable_node()->set_reason(reason);
  events_.Publish(std::move(event));
}

void Keeper::OnConnected(Moment now) {
  metrics_.connected.Set(1);
  log_.Connected(now.steady);
  distributor_.Connected(now.steady);
  // The broker may have lost what it kept for the nodes.
  for (const v1::Node* node : nodes_->List()) {
    if (node->desired().version() > 0) distributor_.Offer(node->id());
  }
}

void Keeper::OnDisconnected(Moment now) {
  metrics_.connected.Set(0);
  log_.Disconnected(now.steady);
  distributor_.Disconnected(now.steady);
  nodes_->ForgetConnections();
  for (const v1::Node* node : nodes_->List()) board_.Publish(*node);
}

void Keeper::OnPublished(std::uint64_t ticket, bool taken, Moment now) {
  if (taken) {
    distributor_.Acknowledged(now.steady, ticket);
  } else {
    metrics_.Refused("BROKER");
    distributor_.Acknowledged(now.steady, ticket);  // trying again at once would be refused again
  }
}

Outcome<NodePtr> Keeper::Set(const std::string& id, const Wish& wish) {
  const v1::Node* node = nodes_->Find(id);
  if (node == nullptr) return NotFound("no node '" + id + "' is known");
  v1::Desired desired = node->desired();
  wish.Apply(desired);
  TINYFOG_TRY_ASSIGN(node, nodes_->SetDesired(id, std::move(desired)));
  board_.Publish(*node);
  distributor_.Leave(id);
  distributor_.Offer(id);
  return board_.Get(id);
}

Outcome<NodePtr> Keeper::Remove(const std::string& id) {
  TINYFOG_TRY(nodes_->Remove(id));
  NodePtr was = board_.Get(id);
  board_.Remove(id);
  distributor_.Leave(id);
  offered_.erase(id);
  asked_.erase(id);
  return was;
}

std::optional<mqtt::Message> Keeper::Next(Moment now) {
  if (!to_ask_.empty()) {
    auto message = AskMessage(to_ask_.back(), now);
    to_ask_.pop_back();  // where it cannot be sent, the node's next word has it sent again
    return message;
  }
  while (const auto next = distributor_.Next(now.steady)) {
    if (next->kind == distribute::Publication::Kind::kDesired) {
      const v1::Node* node = nodes_->Find(next->node);
      if (node == nullptr) {
        distributor_.Acknowledged(now.steady, next->ticket);
        continue;
      }
      auto message = DesiredMessage(*node);
      message.ticket = next->ticket;
      return message;
    }
    auto chunk = files_.Chunk(next->digest, next->chunk, now.steady);
    if (!chunk.ok()) {
      const std::string digest = DigestText({next->digest.begin(), next->digest.end()});
      log::Error("artifact cannot be published",
                 {{"artifact", digest}, {"reason", chunk.error().message}});
      distributor_.Abandon(next->digest);
      distributor_.Unsent(next->ticket);
      continue;
    }
    mqtt::Message message;
    message.topic = root_ + "art/" + DigestText({next->digest.begin(), next->digest.end()}) + "/" +
                    std::to_string(next->chunk);
    message.payload = std::move(chunk).value();
    message.qos = 1;
    message.ticket = next->ticket;
    return message;
  }
  return std::nullopt;
}

mqtt::Message Keeper::AskMessage(const std::string& node, Moment now) const {
  v1::NodeCommand command;
  command.set_verb(v1::NodeCommand::VERB_SEND_STATE);
  const auto since = std::chrono::duration_cast<std::chrono::milliseconds>(
      now.wall.time_since_epoch());
  command.set_id(static_cast<std::uint64_t>(since.count()));  // not that of an earlier one
  mqtt::Message message;
  message.topic = root_ + node + "/down/cmd";
  message.payload = command.SerializeAsString();
  message.qos = 1;
  return message;
}

mqtt::Message Keeper::DesiredMessage(const v1::Node& node) const {
  mqtt::Message message;
  message.topic = root_ + node.id() + "/down/desired";
  message.payload = node.desired().SerializeAsString();
  message.qos = 1;
  message.retained = true;
  return message;
}

void Keeper::Sent(const mqtt::Message& message, Moment now) {
  distributor_.Sent(now.steady, message.ticket, static_cast<std::uint32_t>(message.payload.size()));
}

void Keeper::Unsent(const mqtt::Message& message) { distributor_.Unsent(message.ticket); }

void Keeper::Tick(Moment now) {
  const bool sightings = now.steady > written_ + kSightings;
  if (sightings) written_ = now.steady;
  Flush(sightings);
  log_.Tick(now.steady);
  if (now.steady < counted_ + kCount) return;
  counted_ = now.steady;
  metrics_.Nodes(*nodes_);
  metrics_.Distribution(distributor_.stats());
  files_.Forget(now.steady);
  for (auto* last : {&offered_, &asked_}) {
    std::erase_if(*last, [&](const auto& entry) { return now.steady > entry.second + kAgain; });
  }
}

void Keeper::Flush(bool with_sightings) {
  const auto flushed = nodes_->Flush(with_sightings);
  if (!flushed.ok()) metrics_.registry_failures.Increment();
  if (flushed.ok() == disk_works_) return;
  disk_works_ = flushed.ok();
  if (disk_works_) {
    log::Info("the node registry can be written again");
  } else {
    log::Error("the node registry cannot be written; what nodes tell is kept in memory",
               {{"reason", flushed.error().message}});
  }
}

void Keeper::WriteAll() {
  for (auto more = nodes_->Flush(true); more.ok() && *more;) more = nodes_->Flush(true);
}

}  // namespace tinyfog::fleet
