#include "event_line.h"

#include <google/protobuf/util/time_util.h>

#include <chrono>
#include <ctime>

#include "state_text.h"
#include "tinyfog/base/status.h"
#include "tinyfog/term/format.h"
#include "tinyfog/term/text.h"

namespace tinyfog::ctl {
namespace {

using google::protobuf::util::TimeUtil;
using term::Tone;

std::string Micros(std::uint64_t us) { return term::HumanDuration(std::chrono::microseconds(us)); }

std::string Pad(const std::string& text, std::size_t width) {
  const std::string fitted = term::Fit(text, width);
  return fitted + std::string(width - term::DisplayWidth(fitted), ' ');
}

std::string LocalTime(const google::protobuf::Timestamp& time) {
  const std::time_t seconds = time.seconds();
  std::tm parts{};
  localtime_r(&seconds, &parts);
  char text[16];
  std::strftime(text, sizeof text, "%H:%M:%S", &parts);
  const int millis = time.nanos() / 1'000'000;
  const std::string digits = std::to_string(1000 + millis).substr(1);
  return std::string(text) + "." + digits;
}

std::string InferenceLine(const v1::InferenceEvent& e, bool color) {
  const bool ok = e.code() == 0;
  std::string line = Pad(e.node(), 16) + "  " + Pad(e.model(), 12) + "  ";
  line += term::Colored(Pad(AnswerText(e), 18), ok ? Tone::kGood : Tone::kBad, color) + "  ";
  line += e.has_top_index() ? term::Fixed(e.top_score(), 3) : "    –";
  line += "  " + Pad(Micros(e.latency_us()), 8) + "  queue " + Pad(Micros(e.queue_us()), 8) +
          "  compute " + Pad(Micros(e.compute_us()), 8);
  return line + "  batch " + std::to_string(e.batch()) + "  " + e.source();
}

std::string Detail(const v1::Event& event, bool color) {
  switch (event.detail_case()) {
    case v1::Event::kInference:
      return InferenceLine(event.inference(), color);
    case v1::Event::kModel: {
      const auto& m = event.model();
      return "model " + term::Printable(m.model()) + " version " + term::Printable(m.version()) +
             ": " + term::Printable(m.state() + (m.reason().empty() ? "" : " · " + m.reason()));
    }
    case v1::Event::kBroker: {
      const auto& b = event.broker();
      return "broker " + term::Printable(b.uri()) + ": " + BrokerStateText(b.state()) +
             term::Printable(b.reason().empty() ? "" : " · " + b.reason());
    }
    case v1::Event::kArtifact: {
      const auto& a = event.artifact();
      return "artifact " + term::Printable(a.name() + "@" + a.version()) + " (" +
             term::Printable(a.digest().substr(0, 12)) + "): " + term::Printable(a.state());
    }
    default:
      return term::Printable(event.text());
  }
}

const char* KindText(v1::Event::Kind kind) {
  switch (kind) {
    case v1::Event::KIND_INFERENCE:
      return "inference";
    case v1::Event::KIND_MODEL:
      return "model";
    case v1::Event::KIND_BROKER:
      return "broker";
    case v1::Event::KIND_DAEMON:
      return "daemon";
    case v1::Event::KIND_NODE:
      return "node";
    case v1::Event::KIND_ARTIFACT:
      return "artifact";
    default:
      return "unknown";
  }
}

void WriteInference(const v1::InferenceEvent& e, term::JsonWriter& json) {
  json.Key("inference").Object().Field("node", e.node()).Field("source", e.source());
  json.Field("model", e.model()).Field("version", e.version()).Field("code", e.code());
  json.Field("reason", e.reason()).Field("latency_us", e.latency_us());
  json.Field("queue_us", e.queue_us())
      .Field("compute_us", e.compute_us())
      .Field("batch", e.batch());
  json.Key("top_index");
  e.has_top_index() ? json.Value(e.top_index()) : json.Null();
  json.Field("top_label", e.top_label()).Field("top_score", e.top_score()).End();
}

}  // namespace

std::string AnswerText(const v1::InferenceEvent& e) {
  if (e.code() != 0) {
    const std::string name = StatusName(static_cast<Status>(e.code()));
    return e.reason().empty() ? name : name + ": " + e.reason();
  }
  if (!e.top_label().empty()) return e.top_label();
  return e.has_top_index() ? "class " + std::to_string(e.top_index()) : "answered";
}

std::string EventText(const v1::Event& event, const term::Style& style) {
  return LocalTime(event.time()) + "  " + Detail(event, style.color);
}

std::string EventLine(const v1::Event& event, const term::Style& style) {
  std::string missed;
  if (event.dropped() > 0) missed = "(" + term::HumanCount(event.dropped()) + " events missed)\n";
  return missed + EventText(event, style) + "\n";
}

void WriteEvent(const v1::Event& event, term::JsonWriter& json) {
  json.Object()
      .Field("time", TimeUtil::ToString(event.time()))
      .Field("kind", KindText(event.kind()));
  json.Field("text", event.text()).Field("dropped", event.dropped());
  if (event.has_inference()) WriteInference(event.inference(), json);
  if (event.has_model()) {
    const auto& m = event.model();
    json.Key("model").Object().Field("model", m.model()).Field("version", m.version());
    json.Field("state", m.state()).Field("reason", m.reason()).End();
  }
  if (event.has_broker()) {
    const auto& b = event.broker();
    json.Key("broker").Object().Field("state", BrokerStateText(b.state())).Field("uri", b.uri());
    json.Field("reason", b.reason()).End();
  }
  if (event.has_node()) {
    const auto& n = event.node();
    json.Key("node").Object().Field("node", n.node()).Field("state", n.state());
    json.Field("reason", n.reason()).End();
  }
  if (event.has_artifact()) {
    const auto& a = event.artifact();
    json.Key("artifact").Object().Field("digest", a.digest()).Field("name", a.name());
    json.Field("version", a.version()).Field("state", a.state()).End();
  }
  json.End();
}

}  // namespace tinyfog::ctl
