#include "nodelay.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <cstdlib>
#include <cstring>
#include <filesystem>

namespace tinyfog::mqtt {
namespace {

int PeerPort(int fd) {
  int protocol = 0;
  socklen_t size = sizeof protocol;
  if (getsockopt(fd, SOL_SOCKET, SO_PROTOCOL, &protocol, &size) != 0) return 0;
  sockaddr_storage peer{};
  size = sizeof peer;
  if (protocol != IPPROTO_TCP || getpeername(fd, reinterpret_cast<sockaddr*>(&peer), &size) != 0) {
    return 0;
  }
  in_port_t port = 0;
  if (peer.ss_family == AF_INET) port = reinterpret_cast<const sockaddr_in&>(peer).sin_port;
  if (peer.ss_family == AF_INET6) port = reinterpret_cast<const sockaddr_in6&>(peer).sin6_port;
  return ntohs(port);
}

}  // namespace

int SetNoDelay(const char* uri) {
  const char* colon = std::strrchr(uri, ':');
  const int port = colon != nullptr ? std::atoi(colon + 1) : 0;
  if (port == 0) return 0;
  int changed = 0;
  std::error_code error;
  for (std::filesystem::directory_iterator it("/proc/self/fd", error), end; !error && it != end;
       it.increment(error)) {
    const int fd = std::atoi(it->path().filename().c_str());
    const int on = 1;
    if (PeerPort(fd) == port && setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) == 0) {
      ++changed;
    }
  }
  return changed;
}

}  // namespace tinyfog::mqtt
