#include "tinyfog/mqtt_gateway/private_broker.h"

#include <poll.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "child_process.h"
#include "tinyfog/log/log.h"

namespace tinyfog::mqtt_gateway {
namespace {

using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

constexpr milliseconds kKillAfter{2000};
constexpr std::chrono::seconds kStable{10};
constexpr std::size_t kMaxLine = 1024;

// Anonymous access is safe only because nothing but loopback can reach the listener.
std::string Configuration(const PrivateBrokerOptions& options, std::uint16_t port) {
  std::string text = "listener " + std::to_string(port) +
                     " 127.0.0.1\n"
                     "allow_anonymous true\n"
                     "set_tcp_nodelay true\n"
                     "persistence false\n"
                     "log_dest stderr\n"
                     "log_timestamp false\n"
                     "log_type error\n"
                     "log_type warning\n"
                     "log_type notice\n"
                     "max_inflight_messages 1000\n"
                     "max_queued_messages " +
                     std::to_string(options.max_queued_messages) + "\nmax_queued_bytes " +
                     std::to_string(options.max_queued_bytes) + "\n";
  return text;
}

class PrivateBrokerImpl final : public PrivateBroker {
 public:
  PrivateBrokerImpl(PrivateBrokerOptions options, std::uint16_t port, metrics::Registry& metrics,
                    events::EventBus& events)
      : options_(std::move(options)),
        port_(port),
        events_(events),
        up_(metrics.GetGauge("tinyfog_broker_up", "1 while the private broker's process runs")),
        restarts_(metrics.GetCounter("tinyfog_broker_restarts_total",
                                     "Times the private broker died and was started again")),
        wake_(eventfd(0, EFD_CLOEXEC)) {
    // The child lives as long as the thread that forked it (PR_SET_PDEATHSIG), hence this thread.
    keeper_ = std::thread([this] { Keep(); });
  }

  ~PrivateBrokerImpl() override {
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
      changed_.notify_all();
    }
    const std::uint64_t one = 1;
    (void)!write(wake_, &one, sizeof one);
    keeper_.join();
    close(wake_);
  }

  std::uint16_t port() const override { return port_; }
  int pid() const override { return pid_; }

  Outcome<void> AwaitReady(milliseconds bound) {
    constexpr milliseconds kLook{5};
    const auto until = Clock::now() + bound;
    std::unique_lock lock(mutex_);
    while (Clock::now() < until) {
      if (deaths_ > 0) return Unavailable("mosquitto ended at once: " + last_words_);
      if (pid_ != 0 && Accepts(port_)) return {};
      changed_.wait_for(lock, kLook);
    }
    return Unavailable("mosquitto does not accept connections on 127.0.0.1:" +
                       std::to_string(port_));
  }

 private:
  void Keep() {
    milliseconds delay = options_.restart_min;
    while (!Stopping()) {
      const auto since = Clock::now();
      auto child = StartChild(options_.program, {"-c", "@config"}, Configuration(options_, port_),
                              options_.user.empty() ? "mosquitto" : options_.user);
      if (child.ok()) {
        pid_ = child->pid;
        up_.Set(1);
        Follow(*child);
        up_.Set(0);
        pid_ = 0;
      }
      if (Clock::now() - since >= kStable) delay = options_.restart_min;
      std::unique_lock lock(mutex_);
      if (stopping_) return;
      ++deaths_;
      if (!child.ok()) last_words_ = child.error().message;
      changed_.notify_all();
      Report(last_words_, delay);
      changed_.wait_for(lock, delay, [this] { return stopping_; });
      delay = std::min(delay * 2, options_.restart_max);
    }
  }

  // Returns when the child is gone: by itself, or because the broker is to stop.
  void Follow(const Child& child) {
    std::string line;
    for (;;) {
      pollfd watched[] = {{child.log, POLLIN, 0}, {wake_, POLLIN, 0}};
      poll(watched, 2, -1);
      if (watched[1].revents != 0) break;
      char buffer[4096];
      const ssize_t size = read(child.log, buffer, sizeof buffer);
      if (size <= 0) break;
      for (const char c : std::string_view(buffer, static_cast<std::size_t>(size))) {
        if (c != '\n' && line.size() < kMaxLine) line += c;
        if (c == '\n') LogLine(std::exchange(line, {}));
      }
    }
    End(child);
  }

  void End(const Child& child) {
    if (Stopping()) kill(child.pid, SIGTERM);
    const auto until = Clock::now() + kKillAfter;
    // Its log has ended or we are to stop, so it is about to exit.
    while (waitpid(child.pid, nullptr, WNOHANG) == 0) {
      if (Clock::now() >= until) {
        kill(child.pid, SIGKILL);
        waitpid(child.pid, nullptr, 0);
        break;
      }
      poll(nullptr, 0, 2);
    }
    close(child.log);
  }

  void LogLine(const std::string& line) {
    if (line.starts_with("Error") || line.starts_with("Warning")) {
      log::Warning("broker", {{"line", line}});
    } else {
      log::Debug("broker", {{"line", line}});
    }
    const std::lock_guard lock(mutex_);
    last_words_ = line;
  }

  void Report(const std::string& reason, milliseconds delay) {
    restarts_.Increment();
    log::Warning("the private broker ended; starting it again",
                 {{"reason", reason}, {"delay_ms", delay.count()}});
    v1::Event event;
    event.set_kind(v1::Event::KIND_BROKER);
    event.set_text("the private broker ended; starting it again");
    event.mutable_broker()->set_state(v1::Broker::STATE_DISCONNECTED);
    event.mutable_broker()->set_uri(uri());
    event.mutable_broker()->set_reason(reason);
    events_.Publish(std::move(event));
  }

  bool Stopping() {
    const std::lock_guard lock(mutex_);
    return stopping_;
  }

  const PrivateBrokerOptions options_;
  const std::uint16_t port_;
  events::EventBus& events_;
  metrics::Gauge& up_;
  metrics::Counter& restarts_;
  const int wake_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool stopping_ = false;
  unsigned deaths_ = 0;
  std::string last_words_;
  std::atomic<int> pid_{0};
  std::thread keeper_;
};

}  // namespace

Outcome<std::unique_ptr<PrivateBroker>> PrivateBroker::Start(PrivateBrokerOptions options,
                                                             metrics::Registry& metrics,
                                                             events::EventBus& events,
                                                             milliseconds bound) {
  if (access(options.program.c_str(), X_OK) != 0) {
    return FailedPrecondition("no MQTT broker: '" + options.program.string() +
                              "' cannot be run. Install it (apt-get install mosquitto), or "
                              "configure the URI of a broker");
  }
  TINYFOG_TRY_ASSIGN(const std::uint16_t port, FreePort(options.port));
  if (options.port != 0 && port != options.port) {
    log::Warning("the private broker's port is taken; using another",
                 {{"wanted", options.port}, {"port", port}});
  }
  auto broker = std::make_unique<PrivateBrokerImpl>(std::move(options), port, metrics, events);
  TINYFOG_TRY(broker->AwaitReady(bound));
  return std::unique_ptr<PrivateBroker>(std::move(broker));
}

}  // namespace tinyfog::mqtt_gateway
