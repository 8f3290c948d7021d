#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

namespace tinyfog::rpc {

/// PEM files. Read at start and by Server::ReloadTls.
struct TlsOptions {
  std::filesystem::path certificate;  ///< the server's chain, leaf first
  std::filesystem::path key;          ///< its private key
  /// Empty: any client may connect. Otherwise a client must show a certificate signed by one of
  /// these authorities (mutual TLS).
  std::filesystem::path client_ca;
};

/// Settings of the gRPC server; the defaults serve plain text on loopback only.
struct RpcOptions {
  /// "address:port", "[v6 address]:port" or "localhost:port"; port 0 takes a free one. Empty: no
  /// TCP. An address that is not loopback is refused without `tls` unless `insecure` is set.
  std::string listen = "127.0.0.1:8001";
  /// Absolute path of a unix socket (mode 0660, never TLS). Empty: none. A stale socket is
  /// replaced, one that another process listens on is an error.
  std::filesystem::path unix_socket;
  std::optional<TlsOptions> tls;  ///< for TCP
  bool insecure = false;          ///< plain text on any address is wanted

  std::size_t max_message_bytes = 16u << 20;  ///< larger requests: RESOURCE_EXHAUSTED; 1 KiB..1 GiB
  std::uint32_t max_concurrent_streams = 1024;  ///< calls at once per connection
  std::uint32_t max_stream_outstanding = 64;    ///< unanswered requests per ModelStreamInfer
  /// WatchEvents at once, and as many WatchNodes; each costs a thread.
  std::uint32_t max_event_streams = 32;
  std::uint32_t max_pushes = 4;                 ///< PushModel at once; each costs a thread
  std::chrono::seconds push_idle_timeout{60};   ///< a push that sends nothing for so long ends
  std::chrono::seconds keepalive_time{60};      ///< silence before the peer is probed
  std::chrono::seconds keepalive_timeout{20};   ///< no answer to the probe: connection closed
};

}  // namespace tinyfog::rpc
