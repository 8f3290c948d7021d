#include <unistd.h>

#include <mutex>

#include "commands.h"
#include "event_line.h"
#include "until_signal.h"
#include "watch_board.h"

namespace tinyfog::ctl {
namespace {

constexpr int kFrameMs = 200;

v1::WatchEventsRequest Request(const Options& options, bool table) {
  v1::WatchEventsRequest request;
  request.set_model(options.model);
  request.set_node(options.node);
  if (table || options.follow_events) return request;
  request.add_kinds(v1::Event::KIND_INFERENCE);
  return request;
}

// Events as a table or as lines.
class Watch {
 public:
  Watch(Client& client, const Options& options, const Output& output)
      : client_(client),
        options_(options),
        output_(output),
        table_(output.out.interactive && !output.json && !options.follow_events) {}

  Done Run() {
    return RunUntilSignal(
        [this] {
          return client_.Watch(Request(options_, table_),
                               [this](const v1::Event& e) { return OnEvent(e); });
        },
        [this] { client_.Cancel(); }, [this] { Draw(); }, table_ ? kFrameMs : -1);
  }

 private:
  bool OnEvent(const v1::Event& event) {
    if (table_) {
      const std::lock_guard lock(mutex_);
      board_.Add(event, std::chrono::steady_clock::now());
    } else if (!Print(event)) {
      return false;  // nobody reads any more
    }
    ++seen_;
    return options_.count == 0 || seen_ < options_.count;
  }

  bool Print(const v1::Event& event) const {
    if (!output_.json) {
      return term::WriteAll(STDOUT_FILENO, EventLine(event, output_.out.style));
    }
    term::JsonWriter json;
    WriteEvent(event, json);
    return term::WriteAll(STDOUT_FILENO, json.text() + "\n");
  }

  void Draw() {
    if (!table_) return;
    const auto terminal = term::DetectTerminal(STDOUT_FILENO, output_.no_color);
    const std::lock_guard lock(mutex_);
    block_.Draw(board_.Render(std::chrono::steady_clock::now(), terminal.rows, terminal.style),
                terminal.rows);
  }

  Client& client_;
  const Options& options_;
  const Output& output_;
  const bool table_;
  std::mutex mutex_;
  WatchBoard board_;  // guarded by mutex_
  std::uint64_t seen_ = 0;
  term::LiveBlock block_{STDOUT_FILENO};
};

}  // namespace

Done RunWatch(Client& client, const Options& options, const Output& output) {
  return Watch(client, options, output).Run();
}

}  // namespace tinyfog::ctl
