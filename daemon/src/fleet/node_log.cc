#include "node_log.h"

#include <algorithm>
#include <cstdio>
#include <utility>

#include "tinyfog/fleet/node_text.h"
#include "tinyfog/log/log.h"

namespace tinyfog::fleet {
namespace {

using registry::Change;

constexpr distribute::Time kQuiet = std::chrono::seconds(2);
/// Nodes try to connect at least once a minute.
constexpr distribute::Time kMissing = std::chrono::minutes(2);
constexpr std::size_t kMostNames = 8;

bool IsHere(const v1::Node& node) {
  return node.state().kind() == v1::NodeState::KIND_BORN ||
         node.state().kind() == v1::NodeState::KIND_READY;
}

std::string Seconds(const google::protobuf::Timestamp& from,
                    const google::protobuf::Timestamp& to) {
  return std::to_string(std::max<std::int64_t>(0, to.seconds() - from.seconds()));
}

std::string FirmwareOf(const v1::Node& node) {
  const auto& firmware = node.state().firmware();
  return firmware.digest().empty() ? "none" : VersionText(firmware.version());
}

std::string Hexadecimal(std::uint32_t value) {
  char text[11];
  std::snprintf(text, sizeof text, "0x%08x", value);
  return text;
}

/// Whether the start that `node` tells of followed a crash.
bool HasCrashed(const v1::Node& node) {
  const auto& crash = node.state().crash();
  return crash.count() > 0 && crash.session() + 1 == node.state().session();
}

}  // namespace

NodeLog::NodeLog(std::string site, const registry::Registry& nodes)
    : site_(std::move(site)), nodes_(nodes) {}

void NodeLog::Changed(Change change, const v1::Node* before, const v1::Node& now,
                      distribute::Time at) {
  if (change == Change::kBorn) return Came(before, now, at);
  if (change != Change::kGone || before == nullptr) return;
  if (now.state().kind() == v1::NodeState::KIND_LOST) return Lost(*before, now, at);
  Left(now, at);
}

void NodeLog::Came(const v1::Node* before, const v1::Node& now, distribute::Time at) {
  const bool is_same_start =
      before != nullptr && before->state().session() == now.state().session();
  if (is_same_start && IsHere(*before)) {  // it was only out of our sight
    ++seen_again_;
    seen_again_at_ = at;
    return;
  }
  if (!came_.Pass(at, now.id())) return;
  const auto& state = now.state();
  const char* was = before == nullptr ? "unknown" : StateName(before->state().kind());
  const std::string silent = before == nullptr ? "0" : Seconds(before->seen(), now.changed());
  if (is_same_start) {
    return log::Info("node is back", {{"node", now.id()},
                                      {"site", site_},
                                      {"firmware", FirmwareOf(now)},
                                      {"session", state.session()},
                                      {"was", was},
                                      {"silent_s", silent}});
  }
  if (HasCrashed(now)) {
    return log::Warning("node started after a crash",
                        {{"node", now.id()},
                         {"site", site_},
                         {"firmware", FirmwareOf(now)},
                         {"session", state.session()},
                         {"reset", ResetName(state.reset())},
                         {"pc", Hexadecimal(state.crash().pc())},
                         {"lr", Hexadecimal(state.crash().lr())},
                         {"status", Hexadecimal(state.crash().status())},
                         {"crashes", state.crash().count()}});
  }
  log::Info("node started", {{"node", now.id()},
                             {"site", site_},
                             {"hardware", state.hardware()},
                             {"firmware", FirmwareOf(now)},
                             {"session", state.session()},
                             {"reset", ResetName(state.reset())},
                             {"was", was},
                             {"silent_s", silent}});
}

void NodeLog::Lost(const v1::Node& before, const v1::Node& now, distribute::Time at) {
  if (!lost_.Pass(at, now.id())) return;
  log::Warning("node lost", {{"node", now.id()},
                             {"site", site_},
                             {"firmware", FirmwareOf(now)},
                             {"session", now.state().session()},
                             {"silent_s", Seconds(before.seen(), now.changed())},
                             {"reason",
                              "the broker published its will: the connection broke, or was silent "
                              "for longer than the keep-alive"}});
}

void NodeLog::Left(const v1::Node& now, distribute::Time at) {
  if (!left_.Pass(at, now.id())) return;
  log::Info("node left", {{"node", now.id()},
                          {"site", site_},
                          {"firmware", FirmwareOf(now)},
                          {"session", now.state().session()},
                          {"reason", "it said goodbye: it sleeps, or restarts as it was told"}});
}

void NodeLog::Connected(distribute::Time at) {
  is_connected_ = true;
  missing_at_ = at + kMissing;
}

void NodeLog::Disconnected(distribute::Time) {
  missing_at_ = distribute::Time(0);
  if (!std::exchange(is_connected_, false)) return;
  const auto list = nodes_.List();
  const auto count = std::count_if(list.begin(), list.end(),
                                   [](const v1::Node* node) { return node->connected(); });
  if (count == 0) return;
  log::Warning("nodes are out of sight: the broker is", {{"site", site_}, {"nodes", count}});
}

void NodeLog::Tick(distribute::Time at) {
  if (const auto rest = came_.Take(at)) {
    log::Info("more nodes came", {{"nodes", rest->count}, {"among", rest->among}});
  }
  if (const auto rest = lost_.Take(at)) {
    log::Warning("more nodes lost", {{"nodes", rest->count}, {"among", rest->among}});
  }
  if (const auto rest = left_.Take(at)) {
    log::Info("more nodes left", {{"nodes", rest->count}, {"among", rest->among}});
  }
  TellSeenAgain(at);
  TellMissing(at);
}

void NodeLog::TellSeenAgain(distribute::Time at) {
  if (seen_again_ == 0 || at < seen_again_at_ + kQuiet) return;
  log::Info("nodes are in sight again",
            {{"site", site_}, {"nodes", std::exchange(seen_again_, 0)}});
}

void NodeLog::TellMissing(distribute::Time at) {
  if (missing_at_ == distribute::Time(0) || at < missing_at_) return;
  missing_at_ = distribute::Time(0);
  std::size_t count = 0;
  std::string among;
  for (const v1::Node* node : nodes_.List()) {
    if (node->connected() || !IsHere(*node)) continue;
    if (++count > kMostNames) continue;
    if (!among.empty()) among += ' ';
    among += node->id();
  }
  if (count == 0) return;
  log::Warning("nodes have not come back into sight",
               {{"site", site_},
                {"nodes", count},
                {"among", among},
                {"reason", "the broker has been back for two minutes and has nothing from them"}});
}

}  // namespace tinyfog::fleet
