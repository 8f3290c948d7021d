#include <unistd.h>

#include <chrono>
#include <map>
#include <mutex>

#include "commands.h"
#include "node_view.h"
#include "tinyfog/term/text.h"
#include "until_signal.h"

namespace tinyfog::ctl {
namespace {

constexpr int kFrameMs = 200;

std::int64_t Now() {
  return std::chrono::duration_cast<std::chrono::seconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

Done Say(const Output& output, const v1::Node& node, const std::string& text) {
  if (!output.json) {
    output.Text(text);
    return {};
  }
  term::JsonWriter json;
  WriteNode(node, json);
  output.Json(json);
  return {};
}

/// Nodes as a live table, or a line for each change.
class NodeWatch {
 public:
  NodeWatch(Client& client, const Options& options, const Output& output)
      : client_(client),
        options_(options),
        output_(output),
        table_(output.out.interactive && !output.json) {}

  Done Run() {
    v1::WatchNodesRequest request;
    request.set_prefix(options_.node);
    return RunUntilSignal(
        [&] {
          return client_.WatchNodes(request, [this](const v1::Node& n) { return OnNode(n); });
        },
        [this] { client_.Cancel(); }, [this] { Draw(); }, table_ ? kFrameMs : -1);
  }

 private:
  bool OnNode(const v1::Node& node) {
    if (table_) {
      const std::lock_guard lock(mutex_);
      if (node.has_state()) {
        nodes_[node.id()] = node;
      } else {
        nodes_.erase(node.id());
      }
    } else if (!Print(node)) {
      return false;  // nobody reads any more
    }
    ++seen_;
    return options_.count == 0 || seen_ < options_.count;
  }

  bool Print(const v1::Node& node) const {
    if (!output_.json) return term::WriteAll(STDOUT_FILENO, NodeLine(node));
    term::JsonWriter json;
    WriteNode(node, json);
    return term::WriteAll(STDOUT_FILENO, json.text() + "\n");
  }

  void Draw() {
    if (!table_) return;
    const auto terminal = term::DetectTerminal(STDOUT_FILENO, output_.no_color);
    const std::lock_guard lock(mutex_);
    std::vector<v1::Node> list;
    for (const auto& [id, node] : nodes_) list.push_back(node);
    const std::string text = list.empty() ? "waiting for the first node; Ctrl-C ends\n"
                                          : RenderNodes(list, Now(), terminal.style);
    block_.Draw(text, terminal.rows);
  }

  Client& client_;
  const Options& options_;
  const Output& output_;
  const bool table_;
  std::mutex mutex_;
  std::map<std::string, v1::Node> nodes_;  // guarded by mutex_
  std::uint64_t seen_ = 0;
  term::LiveBlock block_{STDOUT_FILENO};
};

}  // namespace

Done RunNodeList(Client& client, const Options& options, const Output& output) {
  TINYFOG_TRY_ASSIGN(const auto response, client.Nodes(""));
  if (options.names_only) {
    for (const auto& node : response.nodes()) output.Text(term::Printable(node.id()) + "\n");
    return {};
  }
  if (output.json) {
    term::JsonWriter json;
    json.Object().Key("nodes").Array();
    for (const auto& node : response.nodes()) WriteNode(node, json);
    json.End().End();
    output.Json(json);
    return {};
  }
  if (response.nodes().empty()) {
    output.Text("No node is known yet.\n");
    return {};
  }
  output.Text(
      RenderNodes({response.nodes().begin(), response.nodes().end()}, Now(), output.out.style));
  return {};
}

Done RunNodeShow(Client& client, const Options& options, const Output& output) {
  TINYFOG_TRY_ASSIGN(const auto node, client.Node(options.node));
  return Say(output, node, RenderNode(node, Now(), output.out.style));
}

Done RunNodeWatch(Client& client, const Options& options, const Output& output) {
  return NodeWatch(client, options, output).Run();
}

Done RunNodeRemove(Client& client, const Options& options, const Output& output) {
  TINYFOG_TRY_ASSIGN(const auto node, client.RemoveNode(options.node));
  return Say(output, node, "removed " + term::Printable(options.node) + "\n");
}

}  // namespace tinyfog::ctl
