#include <poll.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <csignal>
#include <mutex>
#include <optional>
#include <thread>

#include "commands.h"
#include "event_line.h"
#include "watch_board.h"

namespace tinyfog::ctl {
namespace {

constexpr int kFrameMs = 200;

// A file descriptor that is closed at the end of its scope.
struct Descriptor {
  explicit Descriptor(int f) : fd(f) {}
  ~Descriptor() {
    if (fd >= 0) ::close(fd);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int fd;
};

v1::WatchEventsRequest Request(const Options& options, bool table) {
  v1::WatchEventsRequest request;
  request.set_model(options.model);
  request.set_node(options.node);
  if (table || options.follow_events) return request;
  request.add_kinds(v1::Event::KIND_INFERENCE);
  return request;
}

// Reads events on a thread of its own; this thread draws and waits for signals.
class Watch {
 public:
  Watch(Client& client, const Options& options, const Output& output)
      : client_(client),
        options_(options),
        output_(output),
        table_(output.out.interactive && !output.json && !options.follow_events) {}

  Done Run() {
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    const Descriptor signal(::signalfd(-1, &signals, SFD_CLOEXEC));
    const Descriptor ended(::eventfd(0, EFD_CLOEXEC));
    std::thread reader([&] {
      result_ = client_.Watch(Request(options_, table_),
                              [this](const v1::Event& e) { return OnEvent(e); });
      ::eventfd_write(ended.fd, 1);
    });
    pollfd waits[] = {{signal.fd, POLLIN, 0}, {ended.fd, POLLIN, 0}};
    while (waits[0].revents == 0 && waits[1].revents == 0) {
      Draw();
      ::poll(waits, 2, table_ ? kFrameMs : -1);
    }
    client_.Cancel();
    reader.join();
    Draw();
    return std::move(*result_);
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
  std::optional<Done> result_;
};

}  // namespace

Done RunWatch(Client& client, const Options& options, const Output& output) {
  return Watch(client, options, output).Run();
}

}  // namespace tinyfog::ctl
