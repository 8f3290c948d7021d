#include "waker_paho.h"

#include <MQTTAsync.h>
#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <string>

namespace tinyfog::mqtt {
namespace {

constexpr int kAcceptBoundMs = 1000;
// Whole MQTT 3.1.1 packets, as the library expects them from a broker.
constexpr char kAccepted[] = {0x20, 2, 0, 0};
constexpr char kMessage[] = {0x30, 3, 0, 1, 'w'};  // to the topic "w", empty

using Clock = std::chrono::steady_clock;
std::atomic<Clock::time_point> last_seen;

int OnMessage(void*, char* topic, int, MQTTAsync_message* message) {
  last_seen = Clock::now();
  MQTTAsync_freeMessage(&message);
  MQTTAsync_free(topic);
  return 1;
}

bool Write(int fd, const char* bytes, std::size_t size) {
  return send(fd, bytes, size, MSG_DONTWAIT | MSG_NOSIGNAL) == static_cast<ssize_t>(size);
}

/// A listening socket on a free port of loopback, or -1.
int Listen(int& port) {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  if (fd >= 0 && bind(fd, generic, size) == 0 && listen(fd, 1) == 0 &&
      getsockname(fd, generic, &size) == 0) {
    port = ntohs(address.sin_port);
    return fd;
  }
  if (fd >= 0) close(fd);
  return -1;
}

}  // namespace

Waker::Waker() {
  MQTTAsync_init_options init = MQTTAsync_init_options_initializer;
  init.do_openssl_init = 1;
  MQTTAsync_global_init(&init);
  int port = 1;
  const int listener = Listen(port);
  const std::string uri = "tcp://127.0.0.1:" + std::to_string(port);
  // Never destroyed, even where it cannot connect: with its last client the library stops its
  // threads, which can take a second and races with the next one.
  static MQTTAsync client = nullptr;
  MQTTAsync_create(&client, uri.c_str(), "waker", MQTTCLIENT_PERSISTENCE_NONE, nullptr);
  if (listener < 0) return;
  MQTTAsync_setCallbacks(client, nullptr, nullptr, OnMessage, nullptr);
  MQTTAsync_connectOptions connect = MQTTAsync_connectOptions_initializer;
  connect.keepAliveInterval = 0;
  connect.MQTTVersion = MQTTVERSION_3_1_1;
  pollfd waiting{listener, POLLIN, 0};
  if (MQTTAsync_connect(client, &connect) == MQTTASYNC_SUCCESS &&
      poll(&waiting, 1, kAcceptBoundMs) == 1) {
    socket_ = accept4(listener, nullptr, nullptr, SOCK_CLOEXEC);
    // The answer may lie there before the question: it also ends the poll that hides the
    // connection.
    if (socket_ >= 0) Write(socket_, kAccepted, sizeof kAccepted);
  }
  close(listener);
}

Waker& Waker::Get() {
  static Waker& waker = *new Waker();
  return waker;
}

void Waker::Wake() const {
  if (socket_ >= 0) Write(socket_, kMessage, sizeof kMessage);
}

std::optional<Clock::time_point> Waker::UnansweredSince() {
  if (socket_ < 0) return std::nullopt;
  const std::lock_guard lock(mutex_);
  if (asked_ && last_seen.load() < *asked_) return asked_;
  asked_ = Clock::now();
  Wake();
  return std::nullopt;
}

}  // namespace tinyfog::mqtt
