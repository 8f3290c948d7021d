#include <pwd.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "tinyfog/config/config.h"
#include "tinyfog/endpoint/default_socket.h"

namespace tinyfog::config {
namespace {

namespace fs = std::filesystem;

std::string Environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

fs::path Home() {
  if (const auto home = Environment("HOME"); !home.empty()) return home;
  const passwd* entry = ::getpwuid(::geteuid());
  return entry == nullptr ? "/" : entry->pw_dir;
}

class Checker {
 public:
  void File(const char* key, const fs::path& path) { Need(key, path, R_OK, "be a readable file"); }
  void Program(const char* key, const fs::path& path) {
    Need(key, path, X_OK, "be a program; install it with: apt install mosquitto");
  }
  void Folder(const char* key, const fs::path& path) {
    std::error_code error;
    if (fs::exists(path, error) && !fs::is_directory(path, error)) {
      Fail(key, path, "is not a folder");
    } else if (fs::is_directory(path, error) && ::access(path.c_str(), R_OK | W_OK | X_OK) != 0) {
      Fail(key, path,
           std::string("must be readable and writable for this user: ") + std::strerror(errno));
    }
  }
  std::vector<std::string> problems;

 private:
  void Need(const char* key, const fs::path& path, int mode, const std::string& must) {
    if (path.empty()) return;
    if (::access(path.c_str(), mode) != 0) {
      const std::string reason = std::strerror(errno);
      Fail(key, path, "must " + must + ": " + reason);
      return;
    }
    std::error_code error;
    if (fs::is_directory(path, error)) Fail(key, path, "must " + must + ", it is a folder");
  }
  void Fail(const char* key, const fs::path& path, const std::string& text) {
    problems.push_back(std::string(key) + " = \"" + path.string() + "\": " + text);
  }
};

}  // namespace

fs::path DefaultDataFolder() {
  if (const auto folder = Environment("STATE_DIRECTORY"); !folder.empty()) {
    return folder.substr(0, folder.find(':'));
  }
  if (::geteuid() == 0) return "/var/lib/tinyfog";
  if (const auto folder = Environment("XDG_DATA_HOME"); !folder.empty()) {
    return fs::path(folder) / "tinyfog";
  }
  return Home() / ".local" / "share" / "tinyfog";
}

Config Resolve(Config config) {
  if (config.data.empty()) config.data = DefaultDataFolder();
  config.data = fs::absolute(config.data).lexically_normal();
  if (config.inference.repository.empty()) config.inference.repository = config.data / "models";
  if (config.artifacts.folder.empty()) config.artifacts.folder = config.data / "artifacts";
  if (config.grpc_socket == "auto") {
    config.grpc.unix_socket = endpoint::DefaultSocket();
  } else {
    config.grpc.unix_socket = config.grpc_socket;
  }
  return config;
}

std::vector<std::string> CheckFiles(const Config& config) {
  Checker check;
  check.Folder("data", config.data);
  check.Folder("inference.repository", config.inference.repository);
  check.Folder("artifacts.folder", config.artifacts.folder);
  for (const std::string& file : config.artifacts.trusted_keys) {
    check.File("artifacts.trusted_keys", file);
  }
  if (config.mqtt.enabled) {
    check.File("mqtt.tls.ca_file", config.mqtt.tls.ca_file);
    check.File("mqtt.tls.cert_file", config.mqtt.tls.cert_file);
    check.File("mqtt.tls.key_file", config.mqtt.tls.key_file);
    if (config.mqtt.uri.empty()) check.Program("mqtt.broker.program", config.mqtt.broker.program);
  }
  if (config.grpc.tls) {
    check.File("grpc.tls.certificate", config.grpc.tls->certificate);
    check.File("grpc.tls.key", config.grpc.tls->key);
    check.File("grpc.tls.client_ca", config.grpc.tls->client_ca);
  }
  return check.problems;
}

}  // namespace tinyfog::config
