#include "commands.h"
#include "node_view.h"
#include "tinyfog/fleet/node_text.h"
#include "tinyfog/term/format.h"
#include "tinyfog/term/text.h"

namespace tinyfog::ctl {
namespace {

constexpr std::chrono::milliseconds kLongestWait{600'000};

bool HasSettings(const Options& o) {
  return o.sample_interval_ms || o.cascade_permille || o.cascade_model || o.telemetry_interval_s;
}

/// The node's settings with those of the command line in their places: a request replaces all.
Answer<v1::Desired::Settings> Settings(Client& client, const Options& options) {
  TINYFOG_TRY_ASSIGN(const auto node, client.Node(options.node));
  v1::Desired::Settings settings = node.desired().settings();
  if (options.sample_interval_ms) settings.set_sample_interval_ms(*options.sample_interval_ms);
  if (options.cascade_permille) settings.set_cascade_permille(*options.cascade_permille);
  if (options.cascade_model) settings.set_cascade_model(*options.cascade_model);
  if (options.telemetry_interval_s) {
    settings.set_telemetry_interval_s(*options.telemetry_interval_s);
  }
  return settings;
}

/// Follows one update to its end: a bar where standard error is a terminal, else a line per step.
class Progress {
 public:
  Progress(std::string digest, const Output& output)
      : digest_(std::move(digest)), output_(output), block_(2) {}

  /// True: it goes on.
  bool OnNode(const v1::Node& node) {
    last_ = node;
    Show(node);
    const auto& ota = Report(node);
    if (ota.digest() != digest_) return true;
    return ota.state() != v1::OtaReport::STATE_DONE && ota.state() != v1::OtaReport::STATE_REFUSED;
  }

  Done Verdict() {
    if (Report(last_).state() == v1::OtaReport::STATE_DONE) {
      block_.Draw("", 0);  // who reads both streams is told so once
      return {};
    }
    return Unexpected(Failure{ExitCode::kFailed,
                              FailedPrecondition("node '" + last_.id() + "' " + Text(last_)),
                              "`tinyfogctl node show " + last_.id() + "` says more."});
  }
  const v1::Node& last() const { return last_; }

 private:
  bool IsModel(const v1::Node& node) const { return node.desired().model().digest() == digest_; }
  const v1::Desired::Artifact& Artifact(const v1::Node& node) const {
    return IsModel(node) ? node.desired().model() : node.desired().firmware();
  }
  const v1::OtaReport& Report(const v1::Node& node) const {
    return IsModel(node) ? node.model_ota() : node.firmware_ota();
  }
  std::string Text(const v1::Node& node) const {
    return UpdateText(Artifact(node), Report(node));
  }

  void Show(const v1::Node& node) {
    if (output_.json) return;
    std::string text = term::Printable(node.id()) + ": " + term::Printable(Text(node));
    if (!node.connected()) text += " (not connected)";
    text += "\n";
    if (text == shown_) return;
    shown_ = text;
    if (!output_.err.interactive) {
      term::WriteAll(2, text);
      return;
    }
    const auto& ota = Report(node);
    if (ota.state() == v1::OtaReport::STATE_WANT && ota.chunks() > 0) {
      const std::uint64_t bytes = Artifact(node).bytes();
      text +=
          term::ProgressBar(bytes * ota.received() / ota.chunks(), bytes, output_.err.style.width) +
          "\n";
    }
    block_.Draw(text, 4);
  }

  const std::string digest_;
  const Output& output_;
  term::LiveBlock block_;
  std::string shown_;
  v1::Node last_;
};

Done Wait(Client& client, const Options& options, const v1::Node& node, const Output& output,
          v1::Node& last) {
  // Firmware comes first on the node, too.
  for (const auto* artifact : {&node.desired().firmware(), &node.desired().model()}) {
    const bool asked = artifact == &node.desired().model() ? !options.node_model.empty()
                                                           : !options.node_firmware.empty();
    if (!asked || artifact->digest().empty()) continue;
    Progress progress(artifact->digest(), output);
    v1::WatchNodesRequest request;
    request.set_prefix(node.id());
    TINYFOG_TRY(client.WatchNodes(
        request, [&](const v1::Node& n) { return n.id() != node.id() || progress.OnNode(n); },
        options.timeout.value_or(kLongestWait)));
    last = progress.last();
    TINYFOG_TRY(progress.Verdict());
  }
  return {};
}

}  // namespace

Done RunNodeSet(Client& client, const Options& options, const Output& output) {
  v1::SetNodeRequest request;
  request.set_id(options.node);
  request.set_model(options.node_model);
  request.set_firmware(options.node_firmware);
  if (HasSettings(options)) {
    TINYFOG_TRY_ASSIGN(*request.mutable_settings(), Settings(client, options));
  }
  TINYFOG_TRY_ASSIGN(const auto set, client.SetNode(request));
  v1::Node node = set;
  if (options.wait) TINYFOG_TRY(Wait(client, options, set, output, node));
  if (output.json) {
    term::JsonWriter json;
    WriteNode(node, json);
    output.Json(json);
  } else {
    output.Text(term::Printable(node.id()) + ": " +
                (options.wait ? "done"
                              : "noted as version " + std::to_string(node.desired().version()) +
                                    " of what it shall be") +
                "\n");
  }
  return {};
}

}  // namespace tinyfog::ctl
