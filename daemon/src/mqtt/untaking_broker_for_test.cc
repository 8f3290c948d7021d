#include "untaking_broker_for_test.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>

namespace tinyfog::mqtt_gateway {
namespace {

// Source: MQTT 3.1.1, chapter 3.
enum Type : std::uint8_t {
  kConnect = 1,
  kPublish = 3,
  kSubscribe = 8,
  kUnsubscribe = 10,
  kPingRequest = 12
};

void Require(bool holds) {
  if (!holds) std::abort();
}

/// False at the end of the connection.
bool ReadAll(int socket, std::string& bytes) {
  for (std::size_t have = 0; have < bytes.size();) {
    const ssize_t count = recv(socket, bytes.data() + have, bytes.size() - have, 0);
    if (count <= 0) return false;
    have += static_cast<std::size_t>(count);
  }
  return true;
}

bool ReadPacket(int socket, std::uint8_t& first, std::string& body) {
  std::string byte(1, '\0');
  if (!ReadAll(socket, byte)) return false;
  first = static_cast<std::uint8_t>(byte[0]);
  std::size_t length = 0;
  for (unsigned shift = 0;; shift += 7) {
    if (!ReadAll(socket, byte)) return false;
    length |= static_cast<std::size_t>(byte[0] & 0x7F) << shift;
    if ((byte[0] & 0x80) == 0) break;
  }
  body.assign(length, '\0');
  return ReadAll(socket, body);
}

std::string Packet(std::uint8_t first, const std::string& body) {
  std::string packet(1, static_cast<char>(first));
  std::size_t length = body.size();
  do {
    const std::size_t low = length & 0x7F;
    length >>= 7;
    packet += static_cast<char>(length > 0 ? low | 0x80 : low);
  } while (length > 0);
  return packet + body;
}

std::string Text(const std::string& text) {
  const auto size = static_cast<std::uint16_t>(text.size());
  return std::string{static_cast<char>(size >> 8), static_cast<char>(size & 0xFF)} + text;
}

std::size_t SizeAt(const std::string& body, std::size_t at) {
  return static_cast<std::size_t>(static_cast<std::uint8_t>(body[at])) << 8 |
         static_cast<std::uint8_t>(body[at + 1]);
}

}  // namespace

UntakingBroker::UntakingBroker() {
  listener_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(address);
  Require(bind(listener_, reinterpret_cast<sockaddr*>(&address), size) == 0);
  Require(listen(listener_, 1) == 0);
  Require(getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) == 0);
  port_ = ntohs(address.sin_port);
  thread_ = std::thread([this] { Serve(); });
}

UntakingBroker::~UntakingBroker() {
  shutdown(listener_, SHUT_RDWR);
  {
    const std::lock_guard lock(mutex_);
    if (client_ >= 0) shutdown(client_, SHUT_RDWR);
  }
  thread_.join();
  close(listener_);
  if (client_ >= 0) close(client_);
}

std::string UntakingBroker::uri() const { return "mqtt://127.0.0.1:" + std::to_string(port_); }

void UntakingBroker::Write(const std::string& bytes) {
  for (std::size_t sent = 0; sent < bytes.size();) {
    const ssize_t count = send(client_, bytes.data() + sent, bytes.size() - sent, MSG_NOSIGNAL);
    if (count <= 0) return;
    sent += static_cast<std::size_t>(count);
  }
}

void UntakingBroker::Publish(const std::string& topic, const std::string& payload, int count) {
  const std::lock_guard lock(mutex_);
  for (int i = 0; i < count; ++i) {
    ++next_id_;
    const std::string id{static_cast<char>(next_id_ >> 8), static_cast<char>(next_id_ & 0xFF)};
    Write(Packet(kPublish << 4 | 2, Text(topic) + id + payload));
  }
}

void UntakingBroker::TakeAnswers() {
  const std::lock_guard lock(mutex_);
  takes_ = true;
  for (const std::string& id : unacknowledged_) Write(Packet(0x40, id));
  unacknowledged_.clear();
}

std::size_t UntakingBroker::Received(const std::string& tail) {
  const std::lock_guard lock(mutex_);
  return static_cast<std::size_t>(std::count_if(
      topics_.begin(), topics_.end(), [&](const auto& topic) { return topic.ends_with(tail); }));
}

void UntakingBroker::Serve() {
  const int client = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
  if (client < 0) return;
  {
    const std::lock_guard lock(mutex_);
    client_ = client;
  }
  std::uint8_t first = 0;
  for (std::string body; ReadPacket(client, first, body);) Handle(first, body);
}

void UntakingBroker::Handle(std::uint8_t first, const std::string& body) {
  const std::lock_guard lock(mutex_);
  switch (first >> 4) {
    case kConnect:
      return Write(Packet(0x20, std::string(2, '\0')));
    case kSubscribe: {
      std::string granted = body.substr(0, 2);
      for (std::size_t at = 2; at < body.size(); at += 3 + SizeAt(body, at)) granted += '\1';
      return Write(Packet(0x90, granted));
    }
    case kUnsubscribe:
      return Write(Packet(0xB0, body.substr(0, 2)));
    case kPingRequest:
      return Write(Packet(0xD0, ""));
    case kPublish: {
      const std::size_t size = SizeAt(body, 0);
      topics_.push_back(body.substr(2, size));
      if ((first & 6) == 0) return;
      const std::string id = body.substr(2 + size, 2);
      if (!takes_) return unacknowledged_.push_back(id);
      return Write(Packet(0x40, id));
    }
    default:
      return;
  }
}

}  // namespace tinyfog::mqtt_gateway
