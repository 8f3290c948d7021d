#include "show.h"

#include <poll.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <vector>

#include "children.h"
#include "scenario.h"
#include "tally.h"
#include "tinyfog/term/terminal.h"

namespace tinyfog::demo {
namespace {

using std::chrono::steady_clock;
constexpr std::chrono::milliseconds kFrame{200};
constexpr std::chrono::seconds kDrain{8};  // more than a node's patience

class Stage {
 public:
  explicit Stage(const ShowOptions& options) : options_(options) {
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    signals_ = ::signalfd(-1, &signals, SFD_CLOEXEC);
    live_ = !options.check && term::DetectTerminal(STDOUT_FILENO, options.no_color).interactive;
  }
  ~Stage() { ::close(signals_); }
  Stage(const Stage&) = delete;
  Stage& operator=(const Stage&) = delete;

  int Run() {
    for (std::uint32_t i = 0; i < options_.nodes; ++i) {
      auto child = StartNode(i);
      if (!child.ok()) return Say("cannot start a node: " + child.error().message, 1);
      children_.push_back(std::move(child).value());
    }
    const auto limit = steady_clock::now() + options_.limit;
    while (!interrupted_ && Running() > 0 && !Enough()) {
      if (options_.check && steady_clock::now() > limit) break;
      Step();
    }
    Stop();
    return Verdict();
  }

 private:
  Outcome<Child> StartNode(std::uint32_t i) {
    const std::string id = "motor-" + std::to_string(i + 1);
    const auto scenario = static_cast<Scenario>(i % kScenarios);
    return Child::Start(
        id, {"node", "--broker", options_.broker, "--site", options_.site, "--id", id, "--model",
             options_.model, "--model-file", options_.model_file, "--seed",
             std::to_string(options_.seed + i), "--rate", std::to_string(options_.rate),
             "--scenario", std::string(ScenarioName(scenario))});
  }

  std::size_t Running() const {
    return static_cast<std::size_t>(std::count_if(children_.begin(), children_.end(),
                                                  [](const Child& c) { return c.fd() >= 0; }));
  }
  bool Enough() const { return options_.answers > 0 && tally_.answers() >= options_.answers; }

  // Waits for something to happen, at most one frame, and takes it in.
  void Step() {
    std::vector<pollfd> waits{{signals_, POLLIN, 0}};
    for (const Child& child : children_) waits.push_back({child.fd(), POLLIN, 0});
    ::poll(waits.data(), waits.size(), static_cast<int>(kFrame.count()));
    signalfd_siginfo info;
    if (waits[0].revents != 0 && ::read(signals_, &info, sizeof info) > 0) interrupted_ = true;
    for (Child& child : children_) {
      if (child.fd() < 0) continue;
      for (const auto& line : child.TakeLines()) Take(line);
      if (child.fd() < 0 && !stopping_) tally_.AddDeadNode(child.name());
    }
    Draw();
  }

  void Take(const std::string& line) {
    const auto reading = ParseReading(line);
    if (!reading.ok()) return;
    tally_.Add(*reading, steady_clock::now());
    if (!live_ && !options_.check) term::WriteAll(STDOUT_FILENO, ReadingLine(*reading, {}));
  }

  void Draw() {
    const auto now = steady_clock::now();
    if (!live_ || now - drawn_ < kFrame) return;
    drawn_ = now;
    const auto terminal = term::DetectTerminal(STDOUT_FILENO, options_.no_color);
    block_.Draw(tally_.Render(now, terminal.style), terminal.rows);
  }

  // Lets the nodes finish what is under way, but not for long, and not after Ctrl-C.
  void Stop() {
    stopping_ = true;
    for (const Child& child : children_) child.Signal(SIGTERM);
    const auto bound = steady_clock::now() + (interrupted_ ? std::chrono::seconds(2) : kDrain);
    while (Running() > 0 && steady_clock::now() < bound) Step();
    children_.clear();
    drawn_ = {};
    Draw();
  }

  int Verdict() {
    if (!live_) Say(tally_.Summary(), 0);
    const std::string complaint = tally_.Complaint(options_.answers);
    if (options_.check) {
      return complaint.empty() ? Say("check passed", 0) : Say("check failed: " + complaint, 1);
    }
    return interrupted_ || complaint.empty() ? 0 : Say(complaint, 1);
  }

  static int Say(const std::string& text, int status) {
    term::WriteAll(status == 0 ? STDOUT_FILENO : STDERR_FILENO, text + "\n");
    return status;
  }

  const ShowOptions& options_;
  Tally tally_;
  std::vector<Child> children_;
  int signals_ = -1;
  bool live_ = false;
  bool interrupted_ = false;
  bool stopping_ = false;
  steady_clock::time_point drawn_{};
  term::LiveBlock block_{STDOUT_FILENO};
};

}  // namespace

int Show(const ShowOptions& options) { return Stage(options).Run(); }

}  // namespace tinyfog::demo
