#include "node_loop.h"

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <map>

namespace tinyfog::board {
namespace {

volatile std::sig_atomic_t g_stop = 0;

std::uint64_t NowMs() {
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  return static_cast<std::uint64_t>(
      std::chrono::duration_cast<std::chrono::milliseconds>(now).count());
}

// SIGINT and SIGTERM ask to stop, a second one does it; they are only taken while ppoll waits.
sigset_t CatchStop() {
  struct sigaction action {};
  action.sa_handler = [](int signal) {
    if (g_stop != 0) std::signal(signal, SIG_DFL), std::raise(signal);
    g_stop = 1;
  };
  sigset_t caught, before;
  sigemptyset(&caught);
  for (const int signal : {SIGINT, SIGTERM}) {
    sigaction(signal, &action, nullptr);
    sigaddset(&caught, signal);
  }
  sigprocmask(SIG_BLOCK, &caught, &before);
  sigdelset(&before, SIGINT);
  sigdelset(&before, SIGTERM);
  return before;
}

class Loop {
 public:
  using Outcome = Result<void, std::string>;

  Outcome Start(const std::vector<std::string>& flashes, const HostNodeOptions& options,
                const StartReason& why) {
    for (const std::string& flash : flashes) {
      auto node = HostNode::Open(flash, options);
      if (!node.ok()) return Unexpected(node.error());
      nodes_.push_back(std::move(*node));
      auto started = nodes_.back()->Start(NowMs(), why.reason, why.crash);
      if (!started.ok()) return started;
    }
    is_due_.assign(nodes_.size(), true);
    requests_.resize(nodes_.size());
    return {};
  }

  Outcome Run(int longest_sleep_ms) {
    const sigset_t while_waiting = CatchStop();
    bool is_stopping = false;
    while (true) {
      if (g_stop != 0 && !is_stopping) {
        is_stopping = true;
        for (auto& node : nodes_) node->Stop(NowMs());
        is_due_.assign(nodes_.size(), true);
      }
      for (std::size_t i = 0; i < nodes_.size(); ++i) {
        if (!is_due_[i]) continue;
        const auto turned = nodes_[i]->Turn(NowMs());
        if (!turned.ok()) return Unexpected(turned.error());
        is_due_[i] = *turned;
      }
      if (std::ranges::all_of(nodes_, [](const auto& node) { return node->is_stopped(); })) break;
      Wait(longest_sleep_ms, while_waiting);
      if (nodes_.size() > 1) TellAll();
    }
    return {};
  }

 private:
  // Until a node has something to do.
  void Wait(int longest_sleep_ms, const sigset_t& while_waiting) {
    const std::uint64_t now = NowMs();
    std::uint64_t next = now + static_cast<std::uint64_t>(longest_sleep_ms);
    for (std::size_t i = 0; i < nodes_.size(); ++i) {
      requests_[i] = nodes_[i]->Request();
      next = is_due_[i] ? now : std::min(next, nodes_[i]->NextDeadline());
    }
    const auto ms = static_cast<long>(next > now ? next - now : 0);
    const timespec timeout{ms / 1000, ms % 1000 * 1000000};
    const int ready = ppoll(requests_.data(), requests_.size(), &timeout, &while_waiting);
    const std::uint64_t after = NowMs();
    for (std::size_t i = 0; i < nodes_.size(); ++i) {
      const bool has_news = ready > 0 && requests_[i].revents != 0;
      is_due_[i] = is_due_[i] || has_news || after >= nodes_[i]->NextDeadline();
    }
    // The first one feeds the watchdog for all.
    if (ready == 0) is_due_[0] = true;
  }

  void TellAll() {
    const std::uint64_t now = NowMs();
    if (now < next_telling_ms_) return;
    next_telling_ms_ = now + 1000;
    std::size_t online = 0;
    std::map<std::string, std::size_t> models;
    for (const auto& node : nodes_) {
      online += node->is_online() ? 1 : 0;
      if (!node->model().empty()) ++models[node->model()];
    }
    std::string text =
        std::to_string(nodes_.size()) + " nodes, " + std::to_string(online) + " online";
    for (const auto& [model, count] : models) text += ", " + std::to_string(count) + " " + model;
    if (text == told_) return;
    told_ = text;
    std::printf("%s\n", text.c_str());
    std::fflush(stdout);
  }

  std::vector<std::unique_ptr<HostNode>> nodes_;
  std::vector<char> is_due_;
  std::vector<pollfd> requests_;
  std::uint64_t next_telling_ms_ = 0;
  std::string told_;
};

}  // namespace

Result<void, std::string> RunNodes(const std::vector<std::string>& flashes,
                                   const HostNodeOptions& options, const StartReason& why,
                                   int longest_sleep_ms) {
  Loop loop;
  if (auto started = loop.Start(flashes, options, why); !started.ok()) return started;
  return loop.Run(longest_sleep_ms);
}

}  // namespace tinyfog::board
