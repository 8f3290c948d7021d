#include "node_view.h"

#include <google/protobuf/util/time_util.h>

#include <algorithm>

#include "tinyfog/fleet/node_text.h"
#include "tinyfog/term/format.h"
#include "tinyfog/term/text.h"

namespace tinyfog::ctl {
namespace {

using google::protobuf::util::TimeUtil;
using term::Tone;
using Pair = std::pair<std::string, term::Cell>;

std::string Spaced(std::string name) {
  std::replace(name.begin(), name.end(), '_', ' ');
  return name;
}

std::string FirmwareText(const v1::Node& node) {
  const auto& firmware = node.state().firmware();
  if (firmware.digest().empty()) return "";  // no bootloader
  return fleet::VersionText(firmware.version()) + (firmware.confirmed() ? "" : " (on trial)");
}

std::string ActiveModel(const v1::Node& node) {
  for (const auto& model : node.state().models()) {
    if (model.active()) return model.name() + "@" + std::to_string(model.version());
  }
  return "";
}

term::Cell StateCell(const v1::Node& node) {
  const auto kind = node.state().kind();
  const bool here = kind == v1::NodeState::KIND_BORN || kind == v1::NodeState::KIND_READY;
  if (here && !node.connected()) return {"unknown", Tone::kWarning};
  const Tone tone = kind == v1::NodeState::KIND_READY  ? Tone::kGood
                    : kind == v1::NodeState::KIND_LOST ? Tone::kBad
                                                       : Tone::kWarning;
  return {fleet::StateName(kind), tone};
}

std::string Ago(const google::protobuf::Timestamp& time, std::int64_t now) {
  if (time.seconds() == 0) return "";
  if (now <= time.seconds()) return "just now";
  return term::HumanDuration(
             std::chrono::seconds(std::max<std::int64_t>(0, now - time.seconds()))) +
         " ago";
}

/// Which of the two updates matters most: what is not done yet, firmware first.
bool ShowsFirmware(const v1::Node& node) {
  const bool has_firmware = !node.desired().firmware().digest().empty();
  const bool has_model = !node.desired().model().digest().empty();
  const bool is_done = node.firmware_ota().state() == v1::OtaReport::STATE_DONE;
  return has_firmware && (!has_model || !is_done);
}

const v1::OtaReport& ShownReport(const v1::Node& node) {
  return ShowsFirmware(node) ? node.firmware_ota() : node.model_ota();
}

std::string ArtifactText(const v1::Desired::Artifact& artifact) {
  if (artifact.digest().empty()) return "";
  const std::string what = artifact.name().empty()
                               ? fleet::VersionText(artifact.firmware_version())
                               : artifact.name() + "@" + std::to_string(artifact.version());
  return what + " (" + fleet::DigestText(artifact.digest()).substr(0, 12) + ", " +
         term::HumanBytes(artifact.bytes()) + ")";
}

void WriteArtifact(const char* key, const v1::Desired::Artifact& artifact, term::JsonWriter& json) {
  json.Key(key);
  if (artifact.digest().empty()) {
    json.Null();
    return;
  }
  json.Object().Field("digest", fleet::DigestText(artifact.digest()));
  json.Field("bytes", artifact.bytes()).Field("chunks", artifact.chunks());
  if (artifact.name().empty()) {
    json.Field("version", fleet::VersionText(artifact.firmware_version()));
  } else {
    json.Field("name", artifact.name()).Field("version", artifact.version());
  }
  json.End();
}

void WriteState(const v1::Node& node, term::JsonWriter& json) {
  const auto& state = node.state();
  json.Field("session", state.session()).Field("hardware", state.hardware());
  json.Field("target", state.target()).Field("firmware", fleet::VersionText(state.firmware().version()));
  json.Field("firmware_confirmed", state.firmware().confirmed());
  json.Field("firmware_reason", fleet::ReasonName(state.firmware().reason()));
  json.Field("reset_reason", state.reset()).Field("crashes", state.crash().count());
  json.Key("models").Array();
  for (const auto& model : state.models()) {
    json.Object().Field("name", model.name()).Field("version", model.version());
    json.Field("active", model.active()).Field("slot", model.slot()).End();
  }
  json.End();
  json.Key("limits").Object().Field("arena_bytes", state.limits().arena_bytes());
  json.Field("model_slot_bytes", state.limits().model_slot_bytes());
  json.Field("firmware_slot_bytes", state.limits().firmware_slot_bytes()).End();
}

void WriteUpdate(const v1::Node& node, term::JsonWriter& json) {
  json.Key("update");
  const auto& ota = ShownReport(node);
  if (ota.digest().empty()) {
    json.Null();
    return;
  }
  json.Object().Field("kind",
                      ota.kind() == v1::ARTIFACT_KIND_FIRMWARE ? "firmware" : "model");
  json.Field("state", fleet::UpdateStateName(ota.state()));
  json.Field("digest", fleet::DigestText(ota.digest()));
  json.Field("received", ota.received()).Field("chunks", ota.chunks());
  json.Field("reason", fleet::ReasonName(ota.reason())).Field("text", ota.text());
  json.Field("time", TimeUtil::ToString(node.ota_time())).End();
}

void WriteTelemetry(const v1::Node& node, term::JsonWriter& json) {
  json.Key("telemetry");
  if (!node.has_telemetry()) {
    json.Null();
    return;
  }
  const auto& t = node.telemetry();
  json.Object().Field("uptime_ms", t.uptime_ms()).Field("inferences", t.inferences());
  json.Field("inference_us", t.inference_us()).Field("cascaded", t.cascaded());
  json.Field("stack_free_bytes", t.stack_free_bytes()).Field("messages_lost", t.messages_lost());
  json.Field("temperature_centi", t.temperature_centi());
  json.Field("battery_permille", t.battery_permille());
  json.Field("time", TimeUtil::ToString(node.telemetry_time())).End();
}

void AddTelemetry(const v1::Node& node, std::int64_t now, std::vector<Pair>& pairs) {
  if (!node.has_telemetry()) return;
  const auto& t = node.telemetry();
  pairs.emplace_back("telemetry",
                     "up " + term::HumanDuration(std::chrono::milliseconds(t.uptime_ms())) + ", " +
                         term::HumanCount(t.inferences()) + " inferences of " +
                         term::HumanDuration(std::chrono::microseconds(t.inference_us())) + ", " +
                         term::HumanCount(t.cascaded()) + " sent up; " +
                         Ago(node.telemetry_time(), now));
}

}  // namespace

void WriteNode(const v1::Node& node, term::JsonWriter& json) {
  json.Object().Field("id", node.id()).Field("state", StateCell(node).text);
  json.Field("connected", node.connected()).Field("births", node.births());
  json.Field("seen", TimeUtil::ToString(node.seen()));
  WriteState(node, json);
  json.Key("desired").Object().Field("version", node.desired().version());
  WriteArtifact("model", node.desired().model(), json);
  WriteArtifact("firmware", node.desired().firmware(), json);
  const auto& settings = node.desired().settings();
  json.Key("settings").Object().Field("sample_interval_ms", settings.sample_interval_ms());
  json.Field("cascade_permille", settings.cascade_permille());
  json.Field("cascade_model", settings.cascade_model());
  json.Field("telemetry_interval_s", settings.telemetry_interval_s()).End().End();
  WriteUpdate(node, json);
  WriteTelemetry(node, json);
  json.End();
}

std::string UpdateText(const v1::Node& node) {
  const auto& desired = node.desired();
  return ShowsFirmware(node) ? UpdateText(desired.firmware(), node.firmware_ota())
                             : UpdateText(desired.model(), node.model_ota());
}

std::string UpdateText(const v1::Desired::Artifact& artifact, const v1::OtaReport& ota) {
  if (artifact.digest().empty()) return "";
  if (ota.digest().empty()) return "offered";
  std::string text = fleet::UpdateStateName(ota.state());
  if (ota.state() == v1::OtaReport::STATE_WANT && ota.chunks() > 0) {
    const std::uint64_t received = std::min(ota.received(), ota.chunks());
    text += " " + std::to_string(100 * received / ota.chunks()) + " %";
  }
  if (ota.state() == v1::OtaReport::STATE_REFUSED) {
    text += ": " + Spaced(fleet::ReasonName(ota.reason()));
    if (!ota.text().empty()) text += " (" + ota.text() + ")";
  }
  return text;
}

std::string RenderNode(const v1::Node& node, std::int64_t now, const term::Style& style) {
  const auto& state = node.state();
  std::vector<Pair> pairs{{"node", node.id()}, {"state", StateCell(node)}};
  pairs.emplace_back("seen", Ago(node.seen(), now));
  pairs.emplace_back("hardware", state.hardware() + ", " + state.target());
  if (!FirmwareText(node).empty()) pairs.emplace_back("firmware", FirmwareText(node));
  for (const auto& model : state.models()) {
    pairs.emplace_back("model", model.name() + "@" + std::to_string(model.version()) +
                                    (model.active() ? ", active" : "") + ", slot " +
                                    std::to_string(model.slot()));
  }
  pairs.emplace_back("starts", term::HumanCount(state.session()));
  if (state.crash().count() > 0) {
    pairs.emplace_back("crashes",
                       term::Cell(term::HumanCount(state.crash().count()), Tone::kWarning));
  }
  pairs.emplace_back("room", term::HumanBytes(state.limits().arena_bytes()) + " arena, " +
                                 term::HumanBytes(state.limits().model_slot_bytes()) + " model, " +
                                 term::HumanBytes(state.limits().firmware_slot_bytes()) +
                                 " firmware");
  const auto& desired = node.desired();
  const auto add = [&](const char* name, const v1::Desired::Artifact& artifact,
                       const v1::OtaReport& report) {
    if (artifact.digest().empty()) return;
    const bool refused = report.state() == v1::OtaReport::STATE_REFUSED;
    pairs.emplace_back(name,
                       term::Cell(ArtifactText(artifact) + ": " + UpdateText(artifact, report),
                                  refused ? Tone::kBad : Tone::kPlain));
  };
  add("shall run", desired.model(), node.model_ota());
  add("shall be", desired.firmware(), node.firmware_ota());
  AddTelemetry(node, now, pairs);
  return term::Pairs(pairs, style);
}

std::string RenderNodes(const std::vector<v1::Node>& nodes, std::int64_t now,
                        const term::Style& style) {
  term::Table table({{"NODE", term::Column::Align::kLeft, true},
                     {"STATE"},
                     {"HARDWARE"},
                     {"FIRMWARE"},
                     {"MODEL", term::Column::Align::kLeft, true},
                     {"UPDATE", term::Column::Align::kLeft, true},
                     {"SEEN", term::Column::Align::kRight}});
  for (const auto& node : nodes) {
    const bool refused = ShownReport(node).state() == v1::OtaReport::STATE_REFUSED;
    table.Row({node.id(),
               StateCell(node),
               node.state().hardware(),
               FirmwareText(node),
               ActiveModel(node),
               {UpdateText(node), refused ? Tone::kBad : Tone::kPlain},
               Ago(node.seen(), now)});
  }
  return table.Render(style);
}

std::string NodeLine(const v1::Node& node) {
  std::string line = term::Printable(node.id()) + "  ";
  if (!node.has_state()) return line + "removed\n";
  line += StateCell(node).text;
  const std::string model = ActiveModel(node), update = UpdateText(node);
  if (!model.empty()) line += "  " + term::Printable(model);
  if (!update.empty()) line += "  update " + term::Printable(update);
  return line + "\n";
}

}  // namespace tinyfog::ctl
