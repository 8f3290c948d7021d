#include <google/protobuf/util/time_util.h>

#include <chrono>

#include "commands.h"
#include "state_text.h"
#include "tinyfog/term/format.h"

namespace tinyfog::ctl {
namespace {

using google::protobuf::util::TimeUtil;
using term::Cell;
using term::Tone;

std::string Join(const google::protobuf::RepeatedPtrField<std::string>& words) {
  std::string text;
  for (const auto& word : words) text += (text.empty() ? "" : ", ") + word;
  return text;
}

Cell BrokerCell(const v1::Broker& broker) {
  std::string text = BrokerStateText(broker.state());
  if (!broker.uri().empty()) text += " · " + broker.uri();
  if (!broker.mqtt_version().empty()) text += " · MQTT " + broker.mqtt_version();
  if (broker.private_broker()) text += " · private";
  if (broker.reconnects() > 0)
    text += " · " + term::HumanCount(broker.reconnects()) + " reconnects";
  if (!broker.last_error().empty()) text += " · " + broker.last_error();
  const bool bad = broker.state() == v1::Broker::STATE_DISCONNECTED;
  return {text, broker.state() == v1::Broker::STATE_CONNECTED ? Tone::kGood
                : bad                                         ? Tone::kBad
                                                              : Tone::kPlain};
}

void Print(const v1::GatewayStatus& status, const Client& client, const Output& output) {
  const auto now = std::chrono::duration_cast<std::chrono::milliseconds>(
      std::chrono::system_clock::now().time_since_epoch());
  const std::chrono::milliseconds up =
      now - std::chrono::milliseconds(TimeUtil::TimestampToMilliseconds(status.started()));
  const auto& broker = status.broker();
  std::vector<std::pair<std::string, Cell>> pairs{
      {"gateway", "tinyfogd " + status.version() + " at " + client.address().text},
      {"ready", status.ready() ? Cell("yes", Tone::kGood) : Cell("no", Tone::kBad)},
      {"up", term::HumanDuration(up)},
      {"site", status.site()},
      {"broker", BrokerCell(broker)},
      {"messages", term::HumanCount(broker.messages_received()) + " received, " +
                       term::HumanCount(broker.messages_published()) + " published, " +
                       term::HumanCount(broker.dropped()) + " dropped"},
      {"requests", term::HumanCount(status.requests_total()) + ", " +
                       term::HumanCount(status.requests_failed()) + " failed"},
      {"memory", term::HumanBytes(status.resident_bytes())},
      {"Arm NN", status.armnn_version() + " (" + Join(status.backends()) + ")"},
      {"repository", status.repository()},
      {"metrics", status.metrics_address()}};
  output.Text(Pairs(pairs, output.out.style));
  if (status.models().empty()) return;
  using Align = term::Column::Align;
  term::Table table({{"MODEL"},
                     {"VERSION", Align::kRight},
                     {"STATE"},
                     {"REQUESTS", Align::kRight},
                     {"QUEUED", Align::kRight},
                     {"REASON", Align::kLeft, true}});
  for (const auto& model : status.models()) {
    table.Row({model.name(), model.version(), ModelStateCell(model.state()),
               term::HumanCount(model.requests()), term::HumanCount(model.queue_depth()),
               model.reason()});
  }
  output.Text("\n" + table.Render(output.out.style));
}

void WriteBroker(const v1::Broker& broker, term::JsonWriter& json) {
  json.Object().Field("state", BrokerStateText(broker.state())).Field("uri", broker.uri());
  json.Field("mqtt_version", broker.mqtt_version()).Field("private", broker.private_broker());
  json.Field("reconnects", broker.reconnects()).Field("received", broker.messages_received());
  json.Field("published", broker.messages_published()).Field("dropped", broker.dropped());
  json.Field("last_error", broker.last_error()).End();
}

void Write(const v1::GatewayStatus& status, const Client& client, term::JsonWriter& json) {
  json.Object().Field("server", client.address().text).Field("version", status.version());
  json.Field("site", status.site()).Field("started", TimeUtil::ToString(status.started()));
  json.Field("ready", status.ready());
  WriteBroker(status.broker(), json.Key("broker"));
  json.Key("models").Array();
  for (const auto& model : status.models()) {
    json.Object().Field("name", model.name()).Field("version", model.version());
    json.Field("state", model.state()).Field("reason", model.reason());
    json.Field("requests", model.requests()).Field("queue_depth", model.queue_depth()).End();
  }
  json.End().Field("requests_total", status.requests_total());
  json.Field("requests_failed", status.requests_failed());
  json.Field("resident_bytes", status.resident_bytes());
  json.Field("armnn_version", status.armnn_version()).Key("backends").Array();
  for (const auto& backend : status.backends()) json.Value(backend);
  json.End().Field("repository", status.repository());
  json.Field("metrics_address", status.metrics_address()).End();
}

}  // namespace

Done RunStatus(Client& client, const Output& output) {
  TINYFOG_TRY_ASSIGN(const auto status, client.Status());
  if (output.json) {
    term::JsonWriter json;
    Write(status, client, json);
    output.Json(json);
  } else {
    Print(status, client, output);
  }
  return {};
}

Done RunVersion(Client* client, const Output& output) {
  std::string gateway;
  if (client != nullptr) {
    TINYFOG_TRY_ASSIGN(const auto status, client->Status());
    gateway = status.version();
  }
  if (output.json) {
    term::JsonWriter json;
    json.Object().Field("tinyfogctl", TINYFOG_VERSION).Key("gateway");
    client == nullptr ? json.Null() : json.Value(gateway);
    json.End();
    output.Json(json);
    return {};
  }
  output.Text("tinyfogctl " TINYFOG_VERSION "\n" +
              (client == nullptr ? "no gateway reached\n" : "tinyfogd   " + gateway + "\n"));
  return {};
}

}  // namespace tinyfog::ctl
