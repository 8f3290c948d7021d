#include "address.h"

#include <charconv>
#include <cstdint>
#include <cstdlib>
#include <filesystem>

#include "tinyfog/endpoint/default_socket.h"

namespace tinyfog::ctl {
namespace {

bool IsPort(std::string_view text) {
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  return error == std::errc() && end == text.data() + text.size() && port != 0;
}

}  // namespace

Outcome<Address> ParseAddress(std::string_view text) {
  const auto refuse = [&](const char* why) {
    return InvalidArgument("server address '" + std::string(text) + "': " + why +
                           "; write unix:PATH or host:port");
  };
  if (text.starts_with('/')) {
    return Address{"unix:" + std::string(text), "unix:" + std::string(text), true};
  }
  if (text.starts_with("unix:")) {
    std::string_view path = text.substr(5);
    if (path.starts_with("//")) path.remove_prefix(2);  // unix:///absolute
    if (path.empty()) return refuse("the path is missing");
    const std::string absolute = std::filesystem::absolute(path).string();
    return Address{"unix:" + absolute, "unix:" + absolute, true};
  }
  if (text.find("://") != std::string_view::npos) return refuse("no URL is expected here");
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos || colon == 0)
    return refuse("the host or the port is missing");
  const std::string_view host = text.substr(0, colon);
  const bool bracketed = host.starts_with('[') && host.ends_with(']');
  if (!bracketed && host.find(':') != std::string_view::npos) {
    return refuse("an IPv6 address needs brackets, as in [::1]:8001");
  }
  if (!IsPort(text.substr(colon + 1))) return refuse("the port is no number from 1 to 65535");
  return Address{std::string(text), "dns:" + std::string(text), false};
}

std::string ChooseServer(const std::string& option) {
  if (!option.empty()) return option;
  if (const char* env = std::getenv("TINYFOG_SERVER"); env != nullptr && *env != '\0') return env;
  const auto own = endpoint::DefaultSocket();
  std::error_code ignored;
  const bool use_system = !std::filesystem::exists(own, ignored) &&
                          std::filesystem::exists(endpoint::kSystemSocket, ignored);
  return "unix:" + (use_system ? std::string(endpoint::kSystemSocket) : own.string());
}

}  // namespace tinyfog::ctl
