#include "tinyfog/mqtt_gateway/gateway.h"

#include <unistd.h>

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "ingest.h"
#include "tinyfog/log/log.h"
#include "tinyfog/mqtt_gateway/topic.h"

namespace tinyfog::mqtt_gateway {
namespace {

constexpr std::chrono::seconds kSample{1};

std::string DefaultClientId() {
  char host[65] = {};
  if (gethostname(host, sizeof host - 1) != 0) return "tinyfogd";
  return std::string("tinyfogd-") + host;
}

bool IsClientId(const std::string& id) {
  constexpr std::size_t kMax = 128;
  return !id.empty() && id.size() <= kMax &&
         std::none_of(id.begin(), id.end(), [](unsigned char c) {
           return c < 0x20 || c == 0x7f || c == '/' || c == '+' || c == '#';
         });
}

Outcome<void> CheckOptions(const MqttOptions& o) {
  if (!IsSiteName(o.site)) return InvalidArgument("mqtt site: 1..64 of [A-Za-z0-9_.-]");
  if (!o.shared_group.empty() && !IsSiteName(o.shared_group)) {
    return InvalidArgument("mqtt shared_group: 1..64 of [A-Za-z0-9_.-]");
  }
  if (!IsClientId(o.client_id)) {
    return InvalidArgument("mqtt client_id: 1..128 characters, none of '/', '+', '#'");
  }
  if (o.qos < 0 || o.qos > 1) return InvalidArgument("mqtt qos: 0 or 1");
  if (o.max_pending < 1) return InvalidArgument("mqtt max_pending: at least 1");
  if (o.max_pending_bytes < o.max_payload_bytes) {
    return InvalidArgument("mqtt max_pending_bytes: at least max_payload_bytes");
  }
  return {};
}

mqtt::Message StateMessage(const MqttOptions& options, const char* state) {
  mqtt::Message message;
  message.topic = StateTopic(options.site, options.client_id);
  message.payload = std::string(R"({"state":")") + state + "\"}";
  message.qos = 1;
  message.retained = true;
  message.content_type = ContentType(Encoding::kJson);
  return message;
}

mqtt::SessionOptions ToSession(const MqttOptions& o, const std::string& uri) {
  mqtt::SessionOptions session;
  session.uri = uri;
  session.client_id = o.client_id;
  session.username = o.username;
  session.password = o.password;
  session.tls = o.tls;
  session.version = o.version;
  session.keep_alive = o.keep_alive;
  session.clean_start = o.session_expiry.count() == 0;
  session.session_expiry = o.session_expiry;
  session.will = StateMessage(o, "lost");
  session.publish_window = o.publish_window;
  session.publish_backlog = o.max_pending + Ingest::RefusalPlaces(o) + Ingest::kSparePlaces;
  session.reconnect_min = o.reconnect_min;
  session.reconnect_max = o.reconnect_max;
  return session;
}

class GatewayImpl final : public Gateway {
 public:
  GatewayImpl(MqttOptions options, std::string uri, inference::Server& server,
              metrics::Registry& registry, events::EventBus& events)
      : options_(std::move(options)),
        uri_(std::move(uri)),
        events_(events),
        metrics_(std::make_shared<MqttMetrics>(registry)),
        ingest_(std::make_shared<Ingest>(options_, server, metrics_)) {}

  ~GatewayImpl() override { Stop(std::chrono::milliseconds(0)); }

  Outcome<void> Open() {
    mqtt::SessionCallbacks callbacks;
    callbacks.on_message = [this](mqtt::Message m) { ingest_->OnMessage(std::move(m)); };
    callbacks.on_connected = [this](mqtt::Version version) { OnConnected(version); };
    callbacks.on_disconnected = [this](const std::string& reason) { OnDisconnected(reason); };
    TINYFOG_TRY_ASSIGN(
        session_,
        mqtt::Session::Create(ToSession(options_, uri_),
                              {{RequestFilter(options_.site, options_.shared_group), options_.qos}},
                              std::move(callbacks)));
    ingest_->Attach(session_.get());
    return {};
  }

  void Start() override {
    session_->Start();
    sampler_ = std::jthread([this](const std::stop_token& stop) { SampleUntil(stop); });
  }

  void Leave() override {
    if (!options_.shared_group.empty()) session_->Leave();
  }

  void Stop(std::chrono::milliseconds bound) override {
    if (!session_ || stopped_) return;
    stopped_ = true;
    AwaitQuiet(std::chrono::steady_clock::now() + bound / 2);
    if (session_->connected()) (void)session_->Publish(StateMessage(options_, "offline")).ok();
    session_->Stop(bound);
    ingest_->Detach();
    sampler_ = {};
    Sample();
    metrics_->connected.Set(0);
  }

  std::optional<std::chrono::steady_clock::time_point> UnansweredSince() override {
    return session_->UnansweredSince();
  }

  v1::Broker status() const override {
    v1::Broker broker;
    broker.set_uri(uri_);
    broker.set_private_broker(options_.uri.empty());
    const mqtt::SessionStats stats = session_->stats();
    broker.set_reconnects(stats.connects > 0 ? stats.connects - 1 : 0);
    broker.set_messages_received(stats.received);
    broker.set_messages_published(stats.published);
    broker.set_dropped(stats.dropped);
    const std::lock_guard lock(mutex_);
    broker.set_state(state_);
    broker.set_last_error(last_error_);
    broker.set_mqtt_version(version_ == mqtt::Version::k5     ? "5"
                            : version_ == mqtt::Version::k311 ? "3.1.1"
                                                              : "");
    return broker;
  }

 private:
  void OnConnected(mqtt::Version version) {
    metrics_->connected.Set(1);
    metrics_->connects.Increment();
    {
      const std::lock_guard lock(mutex_);
      version_ = version;
    }
    SetState(v1::Broker::STATE_CONNECTED, "");
    log::Info("MQTT connected",
              {{"uri", uri_}, {"version", version == mqtt::Version::k5 ? "5" : "3.1.1"}});
    (void)session_->Publish(StateMessage(options_, "online")).ok();
  }

  void OnDisconnected(const std::string& reason) {
    metrics_->connected.Set(0);
    // Every further failed attempt comes here too: one warning per outage is enough.
    if (SetState(v1::Broker::STATE_DISCONNECTED, reason)) {
      log::Warning("MQTT not connected; trying again", {{"uri", uri_}, {"reason", reason}});
    } else {
      log::Debug("MQTT connection attempt failed", {{"reason", reason}});
    }
  }

  /// Requests are acknowledged as they arrive: those that come in while the session ends would be
  /// neither answered nor kept by the broker. So nothing ends while they come thick and fast.
  void AwaitQuiet(std::chrono::steady_clock::time_point until) {
    constexpr std::chrono::milliseconds kQuiet{50}, kLook{5};
    auto now = std::chrono::steady_clock::now();
    auto since = now;
    for (std::uint64_t seen = 0; now < until && session_->connected();) {
      const std::uint64_t received = session_->stats().received;
      if (received != seen || ingest_->in_flight() > 0) since = now;
      if (now - since >= kQuiet) return;
      seen = received;
      std::this_thread::sleep_for(kLook);
      now = std::chrono::steady_clock::now();
    }
  }

  bool SetState(v1::Broker::State state, const std::string& reason) {
    {
      const std::lock_guard lock(mutex_);
      if (!reason.empty()) last_error_ = reason;
      if (state_ == state) return false;
      state_ = state;
    }
    v1::Event event;
    event.set_kind(v1::Event::KIND_BROKER);
    const bool up = state == v1::Broker::STATE_CONNECTED;
    event.set_text(up ? "connected to " + uri_ : "broker lost: " + reason);
    event.mutable_broker()->set_state(state);
    event.mutable_broker()->set_uri(uri_);
    event.mutable_broker()->set_reason(reason);
    events_.Publish(std::move(event));
    return true;
  }

  void SampleUntil(const std::stop_token& stop) {
    std::mutex mutex;
    std::condition_variable_any wake;
    std::unique_lock lock(mutex);
    while (!stop.stop_requested()) {
      wake.wait_for(lock, stop, kSample, [] { return false; });
      Sample();
    }
  }

  void Sample() {
    const mqtt::SessionStats stats = session_->stats();
    metrics_->published.Increment(static_cast<double>(stats.published - published_seen_));
    published_seen_ = stats.published;
    metrics_->outstanding.Set(stats.outstanding);
    metrics_->backlog.Set(stats.backlog);
    metrics_->in_flight.Set(static_cast<double>(ingest_->in_flight()));
    ingest_->Watch();
  }

  const MqttOptions options_;
  const std::string uri_;
  events::EventBus& events_;
  const std::shared_ptr<MqttMetrics> metrics_;
  const std::shared_ptr<Ingest> ingest_;  // shared with the requests in flight
  std::unique_ptr<mqtt::Session> session_;
  mutable std::mutex mutex_;
  v1::Broker::State state_ = v1::Broker::STATE_CONNECTING;
  mqtt::Version version_ = mqtt::Version::kAuto;
  std::string last_error_;
  std::uint64_t published_seen_ = 0;
  bool stopped_ = false;
  std::jthread sampler_;
};

}  // namespace

std::string ClientId(const MqttOptions& options) {
  return options.client_id.empty() ? DefaultClientId() : options.client_id;
}

Outcome<std::unique_ptr<Gateway>> Gateway::Create(MqttOptions options, std::string uri,
                                                  inference::Server& server,
                                                  metrics::Registry& metrics,
                                                  events::EventBus& events) {
  options.client_id = ClientId(options);
  TINYFOG_TRY(CheckOptions(options));
  auto gateway =
      std::make_unique<GatewayImpl>(std::move(options), std::move(uri), server, metrics, events);
  TINYFOG_TRY(gateway->Open());
  return std::unique_ptr<Gateway>(std::move(gateway));
}

}  // namespace tinyfog::mqtt_gateway
