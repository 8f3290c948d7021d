#include "listen_address.h"

#include <arpa/inet.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstring>

#include "tinyfog/host/file.h"

namespace tinyfog::rpc {
namespace {

struct HostPort {
  std::string host;  ///< without brackets
  std::string port;
};

Outcome<HostPort> Split(const std::string& listen) {
  const Error malformed = InvalidArgument(
      "grpc listen address '" + listen +
      "' is not \"address:port\" or \"[v6 address]:port\", for example \"127.0.0.1:8001\"");
  const std::size_t colon = listen.rfind(':');
  if (colon == std::string::npos || colon == 0) return malformed;
  HostPort result{listen.substr(0, colon), listen.substr(colon + 1)};
  std::uint32_t port = 0;
  const char* end = result.port.data() + result.port.size();
  const auto parsed = std::from_chars(result.port.data(), end, port);
  if (parsed.ec != std::errc() || parsed.ptr != end || port > 65535) return malformed;
  const bool brackets = result.host.front() == '[' && result.host.back() == ']';
  if (brackets) result.host = result.host.substr(1, result.host.size() - 2);
  const bool v6 = result.host.find(':') != std::string::npos;
  if (brackets != v6) return malformed;
  return result;
}

bool IsLoopback(const std::string& host) {
  in_addr v4{};
  in6_addr v6{};
  if (inet_pton(AF_INET, host.c_str(), &v4) == 1) return (ntohl(v4.s_addr) >> 24) == 127;
  if (inet_pton(AF_INET6, host.c_str(), &v6) == 1) return IN6_IS_ADDR_LOOPBACK(&v6);
  return host == "localhost";
}

Outcome<void> CheckTcp(const RpcOptions& options) {
  TINYFOG_TRY_ASSIGN(const HostPort address, Split(options.listen));
  if (options.tls || options.insecure || IsLoopback(address.host)) return {};
  return FailedPrecondition(
      "grpc would serve " + options.listen +
      " in plain text: configure TLS (certificate, key and client_ca), or set "
      "insecure = true if the network is trusted");
}

Outcome<void> CheckSocketPath(const std::filesystem::path& path) {
  if (!path.is_absolute()) {
    return InvalidArgument("grpc unix socket '" + path.string() + "' must be an absolute path");
  }
  if (path.string().size() >= sizeof(sockaddr_un::sun_path)) {
    return InvalidArgument("grpc unix socket path has " + std::to_string(path.string().size()) +
                           " characters; the system takes " +
                           std::to_string(sizeof(sockaddr_un::sun_path) - 1) + " at most");
  }
  return {};
}

/// Whether a process accepts connections on the socket.
Outcome<bool> IsServed(const std::filesystem::path& path) {
  const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0) return SystemError(errno, "cannot create a socket");
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::strncpy(address.sun_path, path.c_str(), sizeof(address.sun_path) - 1);
  const int result = connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof(address));
  const int error = errno;
  close(fd);
  // EAGAIN is a full backlog: somebody listens.
  if (result == 0 || error == EAGAIN) return true;
  if (error == ECONNREFUSED || error == ENOENT) return false;
  return SystemError(error, "cannot tell whether " + path.string() + " is in use");
}

}  // namespace

Outcome<void> CheckOptions(const RpcOptions& options) {
  if (options.listen.empty() && options.unix_socket.empty()) {
    return FailedPrecondition("grpc has neither a listen address nor a unix socket");
  }
  if (options.max_message_bytes < 1024 || options.max_message_bytes > (1u << 30)) {
    return InvalidArgument("grpc max_message_bytes must be 1 KiB to 1 GiB");
  }
  if (options.max_concurrent_streams == 0 || options.max_stream_outstanding == 0) {
    return InvalidArgument(
        "grpc max_concurrent_streams and max_stream_outstanding must be positive");
  }
  if (!options.listen.empty()) {
    TINYFOG_TRY(CheckTcp(options));
  }
  if (!options.unix_socket.empty()) {
    TINYFOG_TRY(CheckSocketPath(options.unix_socket));
  }
  return {};
}

Outcome<void> RemoveStaleSocket(const std::filesystem::path& path) {
  struct stat info {};
  if (lstat(path.c_str(), &info) != 0) {
    if (errno == ENOENT) return {};
    return SystemError(errno, "cannot look at " + path.string());
  }
  if (!S_ISSOCK(info.st_mode)) {
    return Error{Status::kAlreadyExists, path.string() + " is there and is no socket"};
  }
  TINYFOG_TRY_ASSIGN(const bool served, IsServed(path));
  if (served) {
    return Error{Status::kAlreadyExists,
                 "another process listens on " + path.string() + "; is tinyfogd running already?"};
  }
  if (unlink(path.c_str()) != 0) return SystemError(errno, "cannot remove " + path.string());
  return {};
}

}  // namespace tinyfog::rpc
