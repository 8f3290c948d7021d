#include "tinyfog/fleet/fleet.h"

#include <atomic>
#include <cassert>
#include <utility>
#include <vector>

#include "commands.h"
#include "keeper.h"
#include "tinyfog/log/log.h"
#include "tinyfog/mqtt/session.h"
#include "tinyfog/mqtt_gateway/gateway.h"
#include "wish.h"

namespace tinyfog::fleet {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kTick{1000};
/// Messages of nodes on their way to the loop; more are dropped and counted.
constexpr std::uint32_t kMostWaiting = 4096;
/// Beside the window: states that are cleared.
constexpr std::uint32_t kSpareBacklog = 256;

mqtt::SessionOptions ToSession(const Options& options, const mqtt_gateway::MqttOptions& o,
                               const std::string& uri) {
  mqtt::SessionOptions session;
  session.uri = uri;
  session.client_id = mqtt_gateway::ClientId(o) + "-nodes";
  session.username = o.username;
  session.password = o.password;
  session.tls = o.tls;
  session.version = o.version;
  session.keep_alive = o.keep_alive;
  session.publish_window = options.window;
  session.publish_backlog = options.window + kSpareBacklog;
  session.reconnect_min = o.reconnect_min;
  session.reconnect_max = o.reconnect_max;
  return session;
}

std::vector<mqtt::Session::Subscription> Subscriptions(const std::string& site) {
  const std::string up = "tinyfog/v1/" + site + "/+/up/";
  return {{up + "state", 1}, {up + "ota", 1}, {up + "telemetry", 0}, {up + "result/+", 0}};
}

class FleetImpl final : public Fleet {
 public:
  FleetImpl(Parts parts, const mqtt_gateway::MqttOptions& mqtt)
      : parts_(parts), site_(mqtt.site), board_(Board::Create()) {}
  ~FleetImpl() override { Stop(milliseconds(0)); }

  Outcome<void> Open(const Options& options, const mqtt_gateway::MqttOptions& mqtt,
                     const std::string& uri, const std::filesystem::path& file) {
    std::vector<std::string> warnings;
    TINYFOG_TRY_ASSIGN(auto nodes, registry::Registry::Open({file, options.max_nodes}, warnings));
    for (const auto& warning : warnings) log::Error(warning);
    keeper_ = std::make_unique<Keeper>(options, site_, std::move(nodes), parts_.store, *board_,
                                       parts_.metrics, parts_.events);
    mqtt::SessionCallbacks callbacks;
    callbacks.on_message = [this](mqtt::Message message) { Receive(std::move(message)); };
    callbacks.on_connected = [this](mqtt::Version) {
      OnLoop([this] { keeper_->OnConnected(Moment::Now()); });
    };
    callbacks.on_disconnected = [this](const std::string&) {
      OnLoop([this] { keeper_->OnDisconnected(Moment::Now()); });
    };
    callbacks.on_published = [this](std::uint64_t ticket, bool taken) {
      OnLoop([this, ticket, taken] { keeper_->OnPublished(ticket, taken, Moment::Now()); });
    };
    TINYFOG_TRY_ASSIGN(session_, mqtt::Session::Create(ToSession(options, mqtt, uri),
                                                       Subscriptions(site_), std::move(callbacks)));
    return {};
  }

  void Start() override {
    assert(parts_.loop.OnLoopThread());
    tick_ = parts_.loop.Every(kTick, [this] { keeper_->Tick(Moment::Now()); });
    session_->Start();
  }

  void Stop(milliseconds bound) override {
    if (std::exchange(stopped_, true)) return;
    tick_.reset();
    timer_.reset();
    commands_.Close();
    if (session_) session_->Stop(bound);
    if (keeper_) keeper_->WriteAll();
  }

  Board& board() override { return *board_; }
  bool connected() const override { return session_->connected(); }

  bool IsDesired(const wire::Sha256& digest) const override {
    const std::string bytes(digest.begin(), digest.end());
    for (const auto& node : board_->List("")) {
      const auto& desired = node->desired();
      if (desired.model().digest() == bytes || desired.firmware().digest() == bytes) return true;
    }
    return false;
  }

  Outcome<NodePtr> Set(const v1::SetNodeRequest& request) override {
    const NodePtr node = board_->Get(request.id());
    if (!node) return NotFound("no node '" + request.id() + "' is known");
    TINYFOG_TRY_ASSIGN(const Wish wish, MakeWish(request, *node, parts_.store));
    return commands_.Ask([this, id = request.id(), wish] { return keeper_->Set(id, wish); },
                         [this] { RunCommands(); });
  }

  Outcome<NodePtr> Remove(const std::string& id) override {
    return commands_.Ask([this, id] { return RemoveNow(id); }, [this] { RunCommands(); });
  }

 private:
  void RunCommands() {
    OnLoop([this] { commands_.Run(); });
  }

  Outcome<NodePtr> RemoveNow(const std::string& id) {
    TINYFOG_TRY_ASSIGN(const NodePtr was, keeper_->Remove(id));
    // Else the broker would bring it back at the next start.
    for (const char* tail : {"/up/state", "/down/desired"}) {
      mqtt::Message clear;
      clear.topic = "tinyfog/v1/" + site_ + "/" + id + tail;
      clear.qos = 1;
      clear.retained = true;
      const auto published = session_->Publish(std::move(clear));
      if (!published.ok()) {
        log::Warning("a removed node's retained message stays at the broker",
                     {{"node", id}, {"reason", published.error().message}});
      }
    }
    return was;
  }

  /// The client library's thread.
  void Receive(mqtt::Message message) {
    if (waiting_.fetch_add(1) >= kMostWaiting) {
      waiting_.fetch_sub(1);
      keeper_->metrics().dropped.Increment();
      return;
    }
    OnLoop([this, message = std::move(message)] {
      waiting_.fetch_sub(1);
      keeper_->OnMessage(message, Moment::Now());
    });
  }

  /// Does it on the loop's thread, then publishes what has become due.
  template <class Function>
  void OnLoop(Function function) {
    parts_.loop.Post([this, function = std::move(function)] {
      if (stopped_) return;
      function();
      Publish();
    });
  }

  void Publish() {
    assert(parts_.loop.OnLoopThread());
    Moment now = Moment::Now();
    while (auto message = keeper_->Next(now)) {
      if (const auto published = session_->Publish(*message); published.ok()) {
        keeper_->Sent(*message, now);
      } else {
        keeper_->Unsent(*message);
        break;
      }
      now = Moment::Now();
    }
    timer_.reset();
    const auto wake = keeper_->Wake();
    if (!wake) return;
    const auto wait = std::chrono::ceil<milliseconds>(*wake - now.steady);
    timer_ = parts_.loop.After(std::max(wait, milliseconds(1)), [this] { Publish(); });
  }

  const Parts parts_;
  const std::string site_;
  const std::unique_ptr<Board> board_;
  std::unique_ptr<Keeper> keeper_;
  Commands commands_;
  std::atomic<std::uint32_t> waiting_{0};
  std::unique_ptr<loop::Registration> tick_, timer_;
  bool stopped_ = false;
  std::unique_ptr<mqtt::Session> session_;  // its threads use what is above
};

}  // namespace

Outcome<std::unique_ptr<Fleet>> Fleet::Create(const Options& options,
                                              const mqtt_gateway::MqttOptions& mqtt,
                                              const std::string& uri,
                                              const std::filesystem::path& file, Parts parts) {
  auto fleet = std::make_unique<FleetImpl>(parts, mqtt);
  TINYFOG_TRY(fleet->Open(options, mqtt, uri, file));
  return std::unique_ptr<Fleet>(std::move(fleet));
}

}  // namespace tinyfog::fleet
