#include "link_paho.h"

#include <MQTTAsync.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <utility>

#include "nodelay.h"
#include "waker_paho.h"

namespace tinyfog::mqtt {
namespace {

constexpr int kConnectTimeoutSeconds = 10;
constexpr std::uint32_t kUnlimited = 65'535;  // MQTT's receive maximum where none is named
// Between two looks at a connection that comes into being.
constexpr std::chrono::milliseconds kFirstPause{1};
constexpr std::chrono::milliseconds kLastPause{32};

MQTTProperty IntegerProperty(MQTTPropertyCodes id, unsigned value) {
  MQTTProperty property{};
  property.identifier = id;
  property.value.integer4 = value;
  return property;
}

MQTTLenString View(const std::string& text) {
  return {static_cast<int>(text.size()), const_cast<char*>(text.data())};
}

MQTTProperty StringProperty(MQTTPropertyCodes id, const std::string& value) {
  MQTTProperty property{};
  property.identifier = id;
  property.value.data = View(value);
  return property;
}

// The properties of a message as the library's array, without copies: it copies them itself.
class PropertyList {
 public:
  explicit PropertyList(const Message& m) {
    if (m.expiry) {
      Add(IntegerProperty(MQTTPROPERTY_CODE_MESSAGE_EXPIRY_INTERVAL,
                          static_cast<unsigned>(m.expiry->count())));
    }
    if (!m.content_type.empty()) {
      Add(StringProperty(MQTTPROPERTY_CODE_CONTENT_TYPE, m.content_type));
    }
    if (!m.response_topic.empty()) {
      Add(StringProperty(MQTTPROPERTY_CODE_RESPONSE_TOPIC, m.response_topic));
    }
    if (!m.correlation_data.empty()) {
      Add(StringProperty(MQTTPROPERTY_CODE_CORRELATION_DATA, m.correlation_data));
    }
    for (const auto& [name, value] : m.user_properties) {
      MQTTProperty property = StringProperty(MQTTPROPERTY_CODE_USER_PROPERTY, name);
      property.value.value = View(value);
      Add(property);
    }
  }
  MQTTProperties Get() {
    MQTTProperties list = MQTTProperties_initializer;
    list.count = list.max_count = static_cast<int>(count_);
    list.array = properties_.data();
    return list;
  }

 private:
  void Add(const MQTTProperty& property) {
    if (count_ < properties_.size()) properties_[count_++] = property;
  }
  std::array<MQTTProperty, 16> properties_{};
  std::size_t count_ = 0;
};

std::string Text(const MQTTLenString& view) {
  return {view.data, static_cast<std::size_t>(view.len)};
}

void ReadProperties(const MQTTProperties& list, Message& m) {
  for (int i = 0; i < list.count; ++i) {
    const MQTTProperty& p = list.array[i];
    switch (p.identifier) {
      case MQTTPROPERTY_CODE_MESSAGE_EXPIRY_INTERVAL:
        m.expiry = std::chrono::seconds(p.value.integer4);
        break;
      case MQTTPROPERTY_CODE_CONTENT_TYPE:
        m.content_type = Text(p.value.data);
        break;
      case MQTTPROPERTY_CODE_RESPONSE_TOPIC:
        m.response_topic = Text(p.value.data);
        break;
      case MQTTPROPERTY_CODE_CORRELATION_DATA:
        m.correlation_data = Text(p.value.data);
        break;
      case MQTTPROPERTY_CODE_USER_PROPERTY:
        m.user_properties.emplace_back(Text(p.value.data), Text(p.value.value));
        break;
      default:
        break;
    }
  }
}

std::string Describe(int code, const char* message) {
  std::string text = message != nullptr ? message : "";
  const char* name =
      code > 0 ? MQTTReasonCode_toString(static_cast<MQTTReasonCodes>(code)) : nullptr;
  if (name == nullptr && code < 0) name = MQTTAsync_strerror(code);
  if (name != nullptr) text += (text.empty() ? "" : ": ") + std::string(name);
  return text + " (" + std::to_string(code) + ")";
}

Error ConnectError(int code, const char* message) {
  Error error = Unavailable(Describe(code, message));
  constexpr int kRefusedVersion311 = 1;
  if (code == kRefusedVersion311 || code == MQTTREASONCODE_UNSUPPORTED_PROTOCOL_VERSION) {
    error.code = Status::kUnimplemented;
  } else if (code == 4 || code == 5 || code == MQTTREASONCODE_NOT_AUTHORIZED ||
             code == MQTTREASONCODE_BAD_USER_NAME_OR_PASSWORD) {
    error.code = Status::kUnauthenticated;
    error.message = "the broker refuses this user, password or certificate: " + error.message;
  }
  return error;
}

class LinkPaho final : public Link {
 public:
  LinkPaho(const SessionOptions& options, Version version, Events events)
      : options_(options), v5_(version == Version::k5), events_(std::move(events)) {}

  ~LinkPaho() override {
    // Reports every publication that is left to the queue, from this thread.
    if (handle_ != nullptr) MQTTAsync_destroy(&handle_);
  }

  Outcome<void> Open() {
    Waker::Get();
    MQTTAsync_createOptions create = MQTTAsync_createOptions_initializer;
    create.MQTTVersion = v5_ ? MQTTVERSION_5 : MQTTVERSION_3_1_1;
    create.maxBufferedMessages = static_cast<int>(options_.publish_window) + 1024;
    const int rc =
        MQTTAsync_createWithOptions(&handle_, options_.uri.c_str(), options_.client_id.c_str(),
                                    MQTTCLIENT_PERSISTENCE_NONE, nullptr, &create);
    if (rc != MQTTASYNC_SUCCESS)
      return InvalidArgument(options_.uri + ": " + Describe(rc, nullptr));
    MQTTAsync_setCallbacks(handle_, this, OnLost, OnMessage, nullptr);
    if (v5_) MQTTAsync_setDisconnected(handle_, this, OnDisconnected);
    return {};
  }

  Outcome<void> Connect(std::chrono::milliseconds bound) override {
    MQTTAsync_connectOptions connect =
        v5_ ? MQTTAsync_connectOptions MQTTAsync_connectOptions_initializer5
            : MQTTAsync_connectOptions MQTTAsync_connectOptions_initializer;
    MQTTAsync_SSLOptions ssl = MQTTAsync_SSLOptions_initializer;
    MQTTAsync_willOptions will = MQTTAsync_willOptions_initializer;
    MQTTProperties properties = MQTTProperties_initializer;
    connect.keepAliveInterval = static_cast<int>(options_.keep_alive.count());
    connect.connectTimeout = kConnectTimeoutSeconds;
    connect.MQTTVersion = v5_ ? MQTTVERSION_5 : MQTTVERSION_3_1_1;
    connect.context = this;
    if (!options_.username.empty()) connect.username = options_.username.c_str();
    if (!options_.password.empty()) connect.password = options_.password.c_str();
    if (options_.uri.starts_with("mqtts://")) {
      FillTls(ssl);
      connect.ssl = &ssl;
    }
    if (options_.will) {
      FillWill(will);
      connect.will = &will;
    }
    if (v5_) {
      const unsigned expiry = static_cast<unsigned>(options_.session_expiry.count());
      MQTTProperty property = IntegerProperty(MQTTPROPERTY_CODE_SESSION_EXPIRY_INTERVAL, expiry);
      if (expiry > 0) MQTTProperties_add(&properties, &property);
      connect.cleanstart = options_.clean_start ? 1 : 0;
      connect.connectProperties = &properties;
      connect.onSuccess5 = OnConnected5;
      connect.onFailure5 = OnConnectFailure5;
    } else {
      connect.cleansession = options_.clean_start ? 1 : 0;
      connect.onSuccess = OnSuccess;
      connect.onFailure = OnConnectFailure;
    }
    Begin();
    const int rc = MQTTAsync_connect(handle_, &connect);
    MQTTProperties_free(&properties);
    if (rc != MQTTASYNC_SUCCESS) return ConnectError(rc, "connect");
    auto outcome = AwaitConnection(bound);
    if (outcome.ok()) SetNoDelay(options_.uri.c_str());
    return outcome;
  }

  Outcome<void> Subscribe(const Session::Subscription& subscription,
                          std::chrono::milliseconds bound) override {
    MQTTAsync_responseOptions response = Response();
    Begin();
    const int rc =
        MQTTAsync_subscribe(handle_, subscription.filter.c_str(), subscription.qos, &response);
    if (rc != MQTTASYNC_SUCCESS) return Unavailable(Describe(rc, "subscribe"));
    auto outcome = Await(bound);
    if (outcome.ok()) return outcome;
    return InContext(outcome.error(), "subscription to '" + subscription.filter + "'");
  }

  Outcome<void> Unsubscribe(const std::string& filter, std::chrono::milliseconds bound) override {
    MQTTAsync_responseOptions response = Response();
    Begin();
    const int rc = MQTTAsync_unsubscribe(handle_, filter.c_str(), &response);
    if (rc != MQTTASYNC_SUCCESS) return Unavailable(Describe(rc, "unsubscribe"));
    return Await(bound);
  }

  std::uint32_t receive_maximum() const override { return receive_maximum_; }

  PublishQueue::Sent Send(Publication& publication) override {
    const Message& m = publication.message;
    MQTTAsync_responseOptions response = MQTTAsync_responseOptions_initializer;
    response.context = &publication;
    PropertyList properties(m);
    if (v5_) {
      response.onSuccess5 = OnSent5;
      response.onFailure5 = OnSendFailure5;
      response.properties = properties.Get();
    } else {
      response.onSuccess = OnSent;
      response.onFailure = OnSendFailure;
    }
    publication.queue = events_.queue;
    const int rc = MQTTAsync_send(handle_, m.topic.c_str(), static_cast<int>(m.payload.size()),
                                  m.payload.data(), m.qos, m.retained ? 1 : 0, &response);
    if (rc == MQTTASYNC_SUCCESS) return PublishQueue::Sent::kYes;
    const bool later = rc == MQTTASYNC_DISCONNECTED || rc == MQTTASYNC_MAX_BUFFERED_MESSAGES ||
                       rc == MQTTASYNC_NO_MORE_MSGIDS;
    return later ? PublishQueue::Sent::kLater : PublishQueue::Sent::kNever;
  }

  void Disconnect(std::chrono::milliseconds bound) override {
    MQTTAsync_disconnectOptions disconnect = MQTTAsync_disconnectOptions_initializer;
    disconnect.timeout = static_cast<int>(bound.count());
    disconnect.context = this;
    if (v5_) {
      disconnect = MQTTAsync_disconnectOptions MQTTAsync_disconnectOptions_initializer5;
      disconnect.timeout = static_cast<int>(bound.count());
      disconnect.context = this;
      disconnect.onSuccess5 = OnSuccess5;
      disconnect.onFailure5 = OnFailure5;
    } else {
      disconnect.onSuccess = OnSuccess;
      disconnect.onFailure = OnFailure;
    }
    Begin();
    {
      const std::lock_guard lock(mutex_);
      interrupted_ = false;
    }
    if (MQTTAsync_disconnect(handle_, &disconnect) == MQTTASYNC_SUCCESS) {
      (void)Await(bound + std::chrono::milliseconds(200)).ok();
    }
  }

  void Interrupt() override {
    {
      const std::lock_guard lock(mutex_);
      interrupted_ = true;
    }
    done_.notify_all();
  }

 private:
  void FillTls(MQTTAsync_SSLOptions& ssl) const {
    const Tls& tls = options_.tls;
    if (!tls.ca_file.empty()) ssl.trustStore = tls.ca_file.c_str();
    if (!tls.cert_file.empty()) ssl.keyStore = tls.cert_file.c_str();
    if (!tls.key_file.empty()) ssl.privateKey = tls.key_file.c_str();
    ssl.enableServerCertAuth = tls.verify ? 1 : 0;
    ssl.verify = tls.verify ? 1 : 0;
    ssl.sslVersion = MQTT_SSL_VERSION_DEFAULT;  // what OpenSSL is configured to allow: 1.2 and up
  }

  void FillWill(MQTTAsync_willOptions& will) const {
    const Message& m = *options_.will;
    will.topicName = m.topic.c_str();
    will.retained = m.retained ? 1 : 0;
    will.qos = m.qos;
    will.payload.len = static_cast<int>(m.payload.size());
    will.payload.data = m.payload.data();
  }

  MQTTAsync_responseOptions Response() {
    MQTTAsync_responseOptions response = MQTTAsync_responseOptions_initializer;
    response.context = this;
    if (v5_) {
      response.onSuccess5 = OnSuccess5;
      response.onFailure5 = OnFailure5;
    } else {
      response.onSuccess = OnSuccess;
      response.onFailure = OnFailure;
    }
    return response;
  }

  // One request to the broker at a time: Begin, start it, Await.
  void Begin() {
    const std::lock_guard lock(mutex_);
    outcome_.reset();
  }
  Outcome<void> Await(std::chrono::milliseconds bound) {
    std::unique_lock lock(mutex_);
    if (!done_.wait_for(lock, bound, [this] { return outcome_ || interrupted_; })) {
      return Unavailable("the broker does not answer");
    }
    return outcome_ ? *outcome_ : Error{Status::kCancelled, "stopped"};
  }
  // The receiving thread has to be woken after the TCP connection stands, which nobody reports.
  Outcome<void> AwaitConnection(std::chrono::milliseconds bound) {
    const auto end = std::chrono::steady_clock::now() + bound;
    std::unique_lock lock(mutex_);
    for (auto pause = kFirstPause; !outcome_ && !interrupted_;
         pause = std::min(2 * pause, kLastPause)) {
      if (std::chrono::steady_clock::now() >= end) break;
      if (done_.wait_for(lock, pause, [this] { return outcome_ || interrupted_; })) break;
      Waker::Get().Wake();
    }
    lock.unlock();
    return Await(std::chrono::milliseconds(0));
  }
  void Complete(Outcome<void> outcome) {
    const std::lock_guard lock(mutex_);
    if (!outcome_) outcome_ = std::move(outcome);
    done_.notify_all();
  }

  static LinkPaho& Self(void* context) { return *static_cast<LinkPaho*>(context); }
  static void OnSuccess(void* context, MQTTAsync_successData*) { Self(context).Complete({}); }
  static void OnSuccess5(void* context, MQTTAsync_successData5*) { Self(context).Complete({}); }
  static void OnConnected5(void* context, MQTTAsync_successData5* data) {
    constexpr auto kCode = MQTTPROPERTY_CODE_RECEIVE_MAXIMUM;
    const bool named = MQTTProperties_hasProperty(&data->properties, kCode) != 0;
    Self(context).receive_maximum_ =
        named ? static_cast<std::uint32_t>(MQTTProperties_getNumericValue(&data->properties, kCode))
              : kUnlimited;
    Self(context).Complete({});
  }
  static void OnConnectFailure(void* context, MQTTAsync_failureData* data) {
    Self(context).Complete(ConnectError(data->code, data->message));
  }
  static void OnConnectFailure5(void* context, MQTTAsync_failureData5* data) {
    const int code =
        data->code == MQTTASYNC_FAILURE && data->reasonCode != 0 ? data->reasonCode : data->code;
    Self(context).Complete(ConnectError(code, data->message));
  }
  static void OnFailure(void* context, MQTTAsync_failureData* data) {
    Self(context).Complete(Refusal(data->code, data->code != MQTTASYNC_OPERATION_INCOMPLETE));
  }
  static void OnFailure5(void* context, MQTTAsync_failureData5* data) {
    const bool refused = data->reasonCode >= MQTTREASONCODE_UNSPECIFIED_ERROR;
    Self(context).Complete(Refusal(refused ? data->reasonCode : data->code, refused));
  }
  static Error Refusal(int code, bool refused) {
    return {refused ? Status::kPermissionDenied : Status::kUnavailable, Describe(code, nullptr)};
  }

  static void OnSent(void* context, MQTTAsync_successData*) { Finish(context, true); }
  static void OnSent5(void* context, MQTTAsync_successData5*) { Finish(context, true); }
  static void OnSendFailure(void* context, MQTTAsync_failureData*) { Finish(context, false); }
  static void OnSendFailure5(void* context, MQTTAsync_failureData5* data) {
    auto& publication = *static_cast<Publication*>(context);
    if (data->reasonCode >= MQTTREASONCODE_UNSPECIFIED_ERROR) {
      publication.queue->Reject(publication);
    } else {
      publication.queue->Finish(publication, false);
    }
  }
  static void Finish(void* context, bool delivered) {
    auto& publication = *static_cast<Publication*>(context);
    publication.queue->Finish(publication, delivered);
  }

  static void OnLost(void* context, char* cause) {
    LinkPaho& self = Self(context);
    self.Complete(Unavailable("connection lost"));
    std::string reason;
    {
      const std::lock_guard lock(self.mutex_);
      reason = std::exchange(self.disconnect_reason_, {});
    }
    if (reason.empty()) reason = cause != nullptr ? cause : "connection lost";
    self.events_.on_lost(std::move(reason));
  }
  static void OnDisconnected(void* context, MQTTProperties*, MQTTReasonCodes code) {
    LinkPaho& self = Self(context);
    const std::lock_guard lock(self.mutex_);
    self.disconnect_reason_ = "the broker disconnected: " + Describe(code, nullptr);
  }

  static int OnMessage(void* context, char* topic, int topic_size, MQTTAsync_message* received) {
    Message message;
    message.topic =
        topic_size > 0 ? std::string(topic, static_cast<std::size_t>(topic_size)) : topic;
    message.payload.assign(static_cast<const char*>(received->payload),
                           static_cast<std::size_t>(received->payloadlen));
    message.qos = received->qos;
    message.retained = received->retained != 0;
    ReadProperties(received->properties, message);
    MQTTAsync_freeMessage(&received);
    MQTTAsync_free(topic);
    Self(context).events_.on_message(std::move(message));
    return 1;
  }

  const SessionOptions& options_;
  const bool v5_;
  const Events events_;
  MQTTAsync handle_ = nullptr;
  std::atomic<std::uint32_t> receive_maximum_{kUnlimited};
  std::mutex mutex_;
  std::condition_variable done_;
  std::optional<Outcome<void>> outcome_;
  std::string disconnect_reason_;
  bool interrupted_ = false;
};

}  // namespace

Outcome<std::unique_ptr<Link>> Link::Create(const SessionOptions& options, Version version,
                                            Events events) {
  auto link = std::make_unique<LinkPaho>(options, version, std::move(events));
  TINYFOG_TRY(link->Open());
  return std::unique_ptr<Link>(std::move(link));
}

}  // namespace tinyfog::mqtt
