#include <charconv>
#include <filesystem>
#include <random>
#include <thread>

#include "backoff.h"
#include "link_paho.h"
#include "publish_queue.h"
#include "tinyfog/mqtt/session.h"
#include "waker_paho.h"

namespace tinyfog::mqtt {
namespace {

constexpr std::chrono::seconds kAnswerBound{15};
constexpr std::chrono::seconds kLeaveBound{1};
// A connection must last this long to count as a success for the back-off: a broker that accepts
// and throws out at once must not be hammered.
constexpr std::chrono::seconds kStable{5};
constexpr std::size_t kMaxTopicBytes = 65'535;

Outcome<void> CheckReadable(const std::string& path, const char* what) {
  if (path.empty()) return {};
  std::error_code ignored;
  if (std::filesystem::is_regular_file(path, ignored)) return {};
  return InvalidArgument(std::string(what) + " '" + path + "' is not a readable file");
}

Outcome<void> CheckUri(const std::string& uri) {
  const std::size_t scheme = uri.starts_with("mqtts://") ? 8 : uri.starts_with("mqtt://") ? 7 : 0;
  if (scheme == 0) {
    return InvalidArgument("broker URI '" + uri +
                           "' must be mqtt://host:port or mqtts://host:port");
  }
  const std::string authority = uri.substr(scheme);
  const std::size_t colon = authority.rfind(':');
  int port = 0;
  if (colon != std::string::npos && colon > 0) {
    const char* end = authority.data() + authority.size();
    const auto parsed = std::from_chars(authority.data() + colon + 1, end, port);
    if (parsed.ec != std::errc() || parsed.ptr != end) port = 0;
  }
  if (port < 1 || port > 65'535) {
    return InvalidArgument("broker URI '" + uri + "' needs a port 1..65535 after its host");
  }
  return {};
}

Outcome<void> CheckOptions(const SessionOptions& options) {
  TINYFOG_TRY(CheckUri(options.uri));
  TINYFOG_TRY(CheckReadable(options.tls.ca_file, "CA file"));
  TINYFOG_TRY(CheckReadable(options.tls.cert_file, "certificate file"));
  TINYFOG_TRY(CheckReadable(options.tls.key_file, "key file"));
  if (options.publish_window == 0) return InvalidArgument("publish_window must be at least 1");
  if (options.client_id.empty() && !options.clean_start) {
    return InvalidArgument("a session without clean start needs a client id");
  }
  return {};
}

class SessionPaho final : public Session {
 public:
  SessionPaho(SessionOptions options, std::vector<Subscription> subscriptions,
              SessionCallbacks callbacks)
      : options_(std::move(options)),
        subscriptions_(std::move(subscriptions)),
        callbacks_(std::move(callbacks)),
        backoff_(options_.reconnect_min, options_.reconnect_max,
                 options_.seed != 0 ? options_.seed : std::random_device()()),
        queue_(options_.publish_window, options_.publish_backlog,
               [this](Publication& publication) { return link_->Send(publication); },
               callbacks_.on_published) {}

  ~SessionPaho() override { Stop(std::chrono::milliseconds(0)); }

  Outcome<void> Open() {
    version_ = options_.version == Version::k311 ? Version::k311 : Version::k5;
    return Switch(version_);
  }

  void Start() override {
    const std::lock_guard lock(mutex_);
    if (!thread_.joinable() && !stopping_) thread_ = std::thread([this] { Run(); });
  }

  Outcome<void> Publish(Message message) override {
    if (message.topic.empty() || message.topic.size() > kMaxTopicBytes ||
        message.topic.find_first_of(std::string_view("+#\0", 3)) != std::string::npos) {
      return InvalidArgument("a topic to publish to has 1..65535 bytes and no '+', '#' or NUL");
    }
    if (message.qos < 0 || message.qos > 1) return InvalidArgument("QoS must be 0 or 1");
    return queue_.Push(std::move(message));
  }

  void Leave() override {
    const std::lock_guard lock(mutex_);
    leaving_ = true;
    changed_.notify_all();
  }

  bool connected() const override { return connected_; }
  std::uint64_t pending() const override { return queue_.pending(); }
  std::uint64_t pending_bytes() const override { return queue_.pending_bytes(); }

  SessionStats stats() const override {
    SessionStats stats;
    queue_.Fill(stats);
    stats.connects = connects_;
    stats.received = received_;
    return stats;
  }

  std::optional<std::chrono::steady_clock::time_point> UnansweredSince() override {
    return Waker::Get().UnansweredSince();
  }

  void Stop(std::chrono::milliseconds bound) override {
    queue_.Close();
    {
      const std::lock_guard lock(mutex_);
      if (!stopping_) stop_bound_ = bound;
      stopping_ = true;
      changed_.notify_all();
      if (link_ && !connected_) link_->Interrupt();
    }
    if (thread_.joinable()) thread_.join();
    queue_.Abandon();
    queue_.WaitIdle();
    TakeLink().reset();
  }

 private:
  void Run() {
    while (!Stopping()) {
      auto outcome = ConnectAndSubscribe();
      if (outcome.ok()) {
        Serve();
        continue;
      }
      const bool too_new = options_.version == Version::kAuto && version_ == Version::k5 &&
                           outcome.error().code == Status::kUnimplemented;
      const Version first = options_.version == Version::k311 ? Version::k311 : Version::k5;
      if (auto fresh = Switch(too_new ? Version::k311 : first); !fresh.ok()) outcome = fresh;
      if (too_new || Stopping()) continue;
      if (callbacks_.on_disconnected) callbacks_.on_disconnected(outcome.error().message);
      WaitToRetry();
    }
  }

  // The old link reports what it still held to the queue before the new one exists.
  Outcome<void> Switch(Version version) {
    queue_.Pause();
    queue_.WaitIdle();
    TakeLink().reset();
    Link::Events events;
    events.queue = &queue_;
    events.on_message = [this](Message message) {
      received_.fetch_add(1, std::memory_order_relaxed);
      if (callbacks_.on_message) callbacks_.on_message(std::move(message));
    };
    events.on_lost = [this](std::string reason) {
      const std::lock_guard inner(mutex_);
      lost_ = true;
      lost_reason_ = std::move(reason);
      changed_.notify_all();
    };
    version_ = version;
    TINYFOG_TRY_ASSIGN(auto link, Link::Create(options_, version, std::move(events)));
    const std::lock_guard lock(mutex_);
    link_ = std::move(link);
    if (stopping_) link_->Interrupt();
    return {};
  }

  // Destroy it without our lock: the library's lock is taken then, and held when it calls on_lost.
  std::unique_ptr<Link> TakeLink() {
    const std::lock_guard lock(mutex_);
    return std::move(link_);
  }

  Outcome<void> ConnectAndSubscribe() {
    {
      const std::lock_guard lock(mutex_);
      lost_ = false;
    }
    if (!link_) return Internal("no MQTT client");
    TINYFOG_TRY(link_->Connect(kAnswerBound));
    if (Leaving()) return {};
    for (const Subscription& subscription : subscriptions_) {
      auto outcome = link_->Subscribe(subscription, kAnswerBound);
      if (outcome.ok()) continue;
      link_->Disconnect(std::chrono::milliseconds(0));
      return outcome;
    }
    return {};
  }

  void Serve() {
    const auto since = std::chrono::steady_clock::now();
    ++connects_;
    connected_ = true;
    queue_.Open(link_->receive_maximum());
    if (callbacks_.on_connected) callbacks_.on_connected(version_);
    std::string reason;
    {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [this] { return lost_ || stopping_ || leaving_; });
      if (leaving_ && !lost_) {
        lock.unlock();
        Unsubscribe();
        lock.lock();
        changed_.wait(lock, [this] { return lost_ || stopping_; });
      }
      if (stopping_) {
        Flush(lock);
        lock.unlock();
        link_->Disconnect(std::chrono::milliseconds(0));
        connected_ = false;
        return;
      }
      reason = lost_reason_;
    }
    connected_ = false;
    queue_.Pause();
    if (callbacks_.on_disconnected) callbacks_.on_disconnected(reason);
    if (std::chrono::steady_clock::now() - since >= kStable) backoff_.Reset();
    WaitToRetry();
  }

  // Whatever comes of it: the connection goes on, or is lost and reported so.
  void Unsubscribe() {
    for (const Subscription& subscription : subscriptions_) {
      (void)link_->Unsubscribe(subscription.filter, kLeaveBound).ok();
    }
  }

  void Flush(std::unique_lock<std::mutex>& lock) {
    constexpr std::chrono::milliseconds kLook{5};
    const auto until = std::chrono::steady_clock::now() + stop_bound_;
    while (!lost_ && queue_.pending() > 0 && std::chrono::steady_clock::now() < until) {
      changed_.wait_for(lock, kLook);
    }
  }

  void WaitToRetry() {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, backoff_.Next(), [this] { return stopping_; });
  }

  bool Leaving() {
    const std::lock_guard lock(mutex_);
    return leaving_;
  }

  bool Stopping() {
    const std::lock_guard lock(mutex_);
    return stopping_;
  }

  const SessionOptions options_;
  const std::vector<Subscription> subscriptions_;
  const SessionCallbacks callbacks_;
  Backoff backoff_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool stopping_ = false;
  bool leaving_ = false;
  bool lost_ = false;
  std::string lost_reason_;
  std::chrono::milliseconds stop_bound_{0};
  std::atomic<bool> connected_{false};
  std::atomic<std::uint64_t> connects_{0};
  std::atomic<std::uint64_t> received_{0};
  Version version_ = Version::k5;
  PublishQueue queue_;
  std::unique_ptr<Link> link_;  // after queue_: its destruction still reports to it
  std::thread thread_;
};

}  // namespace

Outcome<std::unique_ptr<Session>> Session::Create(SessionOptions options,
                                                  std::vector<Subscription> subscriptions,
                                                  SessionCallbacks callbacks) {
  TINYFOG_TRY(CheckOptions(options));
  auto session = std::make_unique<SessionPaho>(std::move(options), std::move(subscriptions),
                                               std::move(callbacks));
  TINYFOG_TRY(session->Open());
  return std::unique_ptr<Session>(std::move(session));
}

}  // namespace tinyfog::mqtt
