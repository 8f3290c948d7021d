#include "keys.h"

#include <algorithm>
#include <cctype>
#include <concepts>
#include <utility>

namespace tinyfog::config {
namespace {

constexpr std::int64_t kDayMs = 86'400'000;
constexpr std::int64_t kGiB = 1ll << 30;

template <class T>
std::int64_t Number(const T& value) {
  if constexpr (std::integral<T>) {
    return static_cast<std::int64_t>(value);
  } else {
    return value.count();
  }
}

/// A whole number or a duration in the unit of the key's name. `field` gives the member of a
/// Config.
template <class Field>
Key Integer(std::string name, std::int64_t low, std::int64_t high, Field field) {
  return {std::move(name),
          "a whole number from " + std::to_string(low) + " to " + std::to_string(high),
          [=](Config& config, const Value& value) {
            const auto* number = std::get_if<std::int64_t>(&value);
            if (number == nullptr || *number < low || *number > high) return false;
            auto& target = field(config);
            target = static_cast<std::decay_t<decltype(target)>>(*number);
            return true;
          },
          [=](const Config& config) -> Value { return Number(field(config)); }};
}

template <class Field>
Key Bool(std::string name, Field field) {
  return {std::move(name), "true or false",
          [=](Config& config, const Value& value) {
            const auto* flag = std::get_if<bool>(&value);
            if (flag != nullptr) field(config) = *flag;
            return flag != nullptr;
          },
          [=](const Config& config) -> Value { return field(config); }};
}

bool AnyText(const std::string& text) {
  return text.size() <= 4096 && text.find('\0') == std::string::npos;
}

template <class Field>
Key Text(std::string name, std::string expects, Field field,
         bool (*valid)(const std::string&) = AnyText) {
  return {std::move(name), std::move(expects),
          [=](Config& config, const Value& value) {
            const auto* text = std::get_if<std::string>(&value);
            if (text == nullptr || !valid(*text)) return false;
            field(config) = *text;
            return true;
          },
          [=](const Config& config) -> Value { return std::string(field(config)); }};
}

template <class Field>
Key Path(std::string name, Field field) {
  return Text(std::move(name), "a path, in quotes", field);
}

template <class Field>
Key Texts(std::string name, std::string expects, Field field) {
  return {std::move(name), std::move(expects),
          [=](Config& config, const Value& value) {
            const auto* texts = std::get_if<std::vector<std::string>>(&value);
            if (texts == nullptr || !std::all_of(texts->begin(), texts->end(), AnyText))
              return false;
            field(config) = *texts;
            return true;
          },
          [=](const Config& config) -> Value { return field(config); }};
}

/// One of several words, for an enumeration.
template <class Enum, class Field>
Key Choice(std::string name, std::vector<std::pair<std::string, Enum>> words, Field field) {
  std::string expects = "one of";
  for (const auto& [word, unused] : words) {
    expects += (expects == "one of" ? " \"" : ", \"") + word + '"';
  }
  return {std::move(name), std::move(expects),
          [=](Config& config, const Value& value) {
            const auto* text = std::get_if<std::string>(&value);
            if (text == nullptr) return false;
            for (const auto& [word, meaning] : words) {
              if (word != *text) continue;
              field(config) = meaning;
              return true;
            }
            return false;
          },
          [=](const Config& config) -> Value {
            for (const auto& [word, meaning] : words) {
              if (meaning == field(config)) return word;
            }
            return std::string();
          }};
}

bool IsName(const std::string& text) {
  return text.size() <= 64 && std::all_of(text.begin(), text.end(), [](unsigned char c) {
           return c < 0x80 && (std::isalnum(c) != 0 || c == '_' || c == '.' || c == '-');
         });
}
bool IsFilledName(const std::string& text) { return !text.empty() && IsName(text); }

bool IsTopicLevel(const std::string& text) {
  return text.size() <= 128 && std::none_of(text.begin(), text.end(), [](unsigned char c) {
           return c < 0x20 || c == 0x7F || c == '/' || c == '+' || c == '#';
         });
}

bool IsBrokerUri(const std::string& text) {
  return text.empty() ||
         (AnyText(text) && (text.starts_with("mqtt://") || text.starts_with("mqtts://")));
}

/// "address:port", or nothing.
bool IsListenAddress(const std::string& text) {
  if (text.empty()) return true;
  const auto colon = text.rfind(':');
  if (colon == std::string::npos || colon == 0 || !AnyText(text)) return false;
  const std::string port = text.substr(colon + 1);
  return !port.empty() && port.size() <= 5 &&
         std::all_of(port.begin(), port.end(),
                     [](unsigned char c) { return std::isdigit(c) != 0; }) &&
         std::stoi(port) <= 65535;
}

constexpr const char* kAddress = "\"address:port\" like \"127.0.0.1:8001\", or \"\" for none";

Key Live(Key key) {
  key.live = true;
  return key;
}

Key Secret(Key key) {
  key.secret = true;
  return key;
}

using Words = std::vector<std::pair<std::string, std::string>>;

// Generic lambdas, so that the same one gives a member of a constant and of a mutable Config.
#define TINYFOG_FIELD(member) \
  [](auto& c) -> auto& { return c.member; }

void AddGeneral(std::vector<Key>& keys) {
  const Words levels{
      {"debug", "debug"}, {"info", "info"}, {"warning", "warning"}, {"error", "error"}};
  const Words formats{{"auto", "auto"}, {"text", "text"}, {"json", "json"}, {"journal", "journal"}};
  keys.push_back(Path("data", TINYFOG_FIELD(data)));
  keys.push_back(Live(Integer("drain_timeout_ms", 0, 3'600'000, TINYFOG_FIELD(drain_timeout))));
  keys.push_back(Live(Integer("stuck_after_ms", 100, kDayMs, TINYFOG_FIELD(stuck_after))));
  keys.push_back(Live(Choice("log.level", levels, TINYFOG_FIELD(log.level))));
  keys.push_back(Live(Choice("log.format", formats, TINYFOG_FIELD(log.format))));
  keys.push_back(Text("metrics.listen", kAddress, TINYFOG_FIELD(metrics_listen), IsListenAddress));
}

void AddInference(std::vector<Key>& keys) {
  using inference::EngineKind;
  keys.push_back(Path("inference.repository", TINYFOG_FIELD(inference.repository)));
  keys.push_back(Choice<EngineKind>("inference.engine",
                                    {{"armnn", EngineKind::kArmnn}, {"stub", EngineKind::kStub}},
                                    TINYFOG_FIELD(inference.engine)));
  keys.push_back(Texts("inference.backends", "a list like [\"CpuTiny\", \"CpuRef\"]",
                       TINYFOG_FIELD(inference.backends)));
  keys.push_back(Bool("inference.load_all_at_start", TINYFOG_FIELD(inference.load_all_at_start)));
  keys.push_back(Texts("inference.load_at_start", "a list of model names like [\"motor\"]",
                       TINYFOG_FIELD(inference.load_at_start)));
  keys.push_back(Integer("inference.max_model_bytes", 1024, 2 * kGiB,
                         TINYFOG_FIELD(inference.max_model_bytes)));
}

void AddModelDefaults(std::vector<Key>& keys) {
#define TINYFOG_DEFAULT(member) TINYFOG_FIELD(inference.model_defaults.member)
  const std::string section = "inference.defaults.";
  keys.push_back(Integer(section + "max_batch", 1, 64, TINYFOG_DEFAULT(max_batch)));
  keys.push_back(
      Integer(section + "max_queue_delay_us", 0, 10'000'000, TINYFOG_DEFAULT(max_queue_delay)));
  keys.push_back(Integer(section + "queue_capacity", 1, 65'536, TINYFOG_DEFAULT(queue_capacity)));
  keys.push_back(Integer(section + "instances", 1, 16, TINYFOG_DEFAULT(instances)));
  keys.push_back(Integer(section + "threads", 1, 16, TINYFOG_DEFAULT(threads)));
  keys.push_back(Integer(section + "warmup", 0, 100, TINYFOG_DEFAULT(warmup)));
  keys.push_back(Integer(section + "priority_levels", 1, 10, TINYFOG_DEFAULT(priority_levels)));
  keys.push_back(Integer(section + "default_priority", 1, 10, TINYFOG_DEFAULT(default_priority)));
  keys.push_back(
      Integer(section + "default_timeout_ms", 0, kDayMs, TINYFOG_DEFAULT(default_timeout)));
#undef TINYFOG_DEFAULT
}

void AddMqtt(std::vector<Key>& keys) {
  using mqtt::Version;
  keys.push_back(Bool("mqtt.enabled", TINYFOG_FIELD(mqtt.enabled)));
  keys.push_back(Text("mqtt.site", "1 to 64 letters, digits, '_', '.' or '-'",
                      TINYFOG_FIELD(mqtt.site), IsFilledName));
  keys.push_back(Text("mqtt.uri", "\"mqtt://host:port\", \"mqtts://host:port\" or \"\"",
                      TINYFOG_FIELD(mqtt.uri), IsBrokerUri));
  keys.push_back(Text("mqtt.client_id", "at most 128 characters without '/', '+' and '#'",
                      TINYFOG_FIELD(mqtt.client_id), IsTopicLevel));
  keys.push_back(Text("mqtt.username", "a text", TINYFOG_FIELD(mqtt.username)));
  keys.push_back(Secret(Text("mqtt.password", "a text", TINYFOG_FIELD(mqtt.password))));
  keys.push_back(Choice<Version>(
      "mqtt.version", {{"auto", Version::kAuto}, {"5", Version::k5}, {"3.1.1", Version::k311}},
      TINYFOG_FIELD(mqtt.version)));
  keys.push_back(Integer("mqtt.keep_alive_s", 5, 3600, TINYFOG_FIELD(mqtt.keep_alive)));
  keys.push_back(
      Integer("mqtt.session_expiry_s", 0, 30 * 86'400, TINYFOG_FIELD(mqtt.session_expiry)));
  keys.push_back(Integer("mqtt.qos", 0, 1, TINYFOG_FIELD(mqtt.qos)));
  keys.push_back(Text("mqtt.shared_group", "at most 64 letters, digits, '_', '.' or '-'",
                      TINYFOG_FIELD(mqtt.shared_group), IsName));
  keys.push_back(
      Integer("mqtt.max_payload_bytes", 1024, 64 << 20, TINYFOG_FIELD(mqtt.max_payload_bytes)));
  keys.push_back(Integer("mqtt.max_pending", 16, 1'000'000, TINYFOG_FIELD(mqtt.max_pending)));
  keys.push_back(
      Integer("mqtt.max_pending_bytes", 1024, 4 * kGiB, TINYFOG_FIELD(mqtt.max_pending_bytes)));
  keys.push_back(Integer("mqtt.publish_window", 1, 1000, TINYFOG_FIELD(mqtt.publish_window)));
  keys.push_back(
      Integer("mqtt.reconnect_min_ms", 10, 3'600'000, TINYFOG_FIELD(mqtt.reconnect_min)));
  keys.push_back(
      Integer("mqtt.reconnect_max_ms", 10, 3'600'000, TINYFOG_FIELD(mqtt.reconnect_max)));
  keys.push_back(Path("mqtt.tls.ca_file", TINYFOG_FIELD(mqtt.tls.ca_file)));
  keys.push_back(Path("mqtt.tls.cert_file", TINYFOG_FIELD(mqtt.tls.cert_file)));
  keys.push_back(Path("mqtt.tls.key_file", TINYFOG_FIELD(mqtt.tls.key_file)));
  keys.push_back(Bool("mqtt.tls.verify", TINYFOG_FIELD(mqtt.tls.verify)));
}

void AddFleet(std::vector<Key>& keys) {
  keys.push_back(Bool("fleet.enabled", TINYFOG_FIELD(fleet.enabled)));
  keys.push_back(Integer("fleet.max_nodes", 1, 100'000, TINYFOG_FIELD(fleet.max_nodes)));
  keys.push_back(Integer("fleet.gather_ms", 0, 60'000, TINYFOG_FIELD(fleet.gather)));
  keys.push_back(Integer("fleet.window", 1, 256, TINYFOG_FIELD(fleet.window)));
  keys.push_back(Integer("fleet.bytes_per_second", 0, kGiB, TINYFOG_FIELD(fleet.bytes_per_second)));
}

void AddBroker(std::vector<Key>& keys) {
#define TINYFOG_BROKER(member) TINYFOG_FIELD(mqtt.broker.member)
  const std::string section = "mqtt.broker.";
  keys.push_back(Path(section + "program", TINYFOG_BROKER(program)));
  keys.push_back(Integer(section + "port", 0, 65'535, TINYFOG_BROKER(port)));
  keys.push_back(
      Text(section + "user", "a user name without blanks", TINYFOG_BROKER(user), IsName));
  keys.push_back(
      Integer(section + "max_queued_messages", 1, 10'000'000, TINYFOG_BROKER(max_queued_messages)));
  keys.push_back(
      Integer(section + "max_queued_bytes", 1024, 4 * kGiB, TINYFOG_BROKER(max_queued_bytes)));
  keys.push_back(Integer(section + "restart_min_ms", 10, 3'600'000, TINYFOG_BROKER(restart_min)));
  keys.push_back(Integer(section + "restart_max_ms", 10, 3'600'000, TINYFOG_BROKER(restart_max)));
#undef TINYFOG_BROKER
}

void AddArtifacts(std::vector<Key>& keys) {
  keys.push_back(Path("artifacts.folder", TINYFOG_FIELD(artifacts.folder)));
  keys.push_back(Texts("artifacts.trusted_keys",
                       "a list of PEM files like [\"/etc/tinyfog/signing.pub\"]",
                       TINYFOG_FIELD(artifacts.trusted_keys)));
  keys.push_back(
      Integer("artifacts.largest_bytes", 4096, kGiB / 4, TINYFOG_FIELD(artifacts.largest_bytes)));
}

/// TLS is on when a section [grpc.tls] names a file; the option struct says so by a value.
template <class Member>
Key TlsPath(std::string name, Member member) {
  Key key;
  key.name = std::move(name);
  key.expects = "a path, in quotes";
  key.set = [=](Config& config, const Value& value) {
    const auto* text = std::get_if<std::string>(&value);
    if (text == nullptr || !AnyText(*text)) return false;
    if (text->empty() && !config.grpc.tls) return true;
    if (!config.grpc.tls) config.grpc.tls.emplace();
    (*config.grpc.tls).*member = *text;
    return true;
  };
  key.get = [=](const Config& config) -> Value {
    return config.grpc.tls ? ((*config.grpc.tls).*member).string() : std::string();
  };
  return key;
}

void AddGrpc(std::vector<Key>& keys) {
  keys.push_back(Text("grpc.listen", kAddress, TINYFOG_FIELD(grpc.listen), IsListenAddress));
  keys.push_back(Text("grpc.unix_socket", "an absolute path, \"auto\" or \"\"",
                      TINYFOG_FIELD(grpc_socket), [](const std::string& text) {
                        return text.empty() || text == "auto" ||
                               (AnyText(text) && text.front() == '/' && text.size() < 108);
                      }));
  keys.push_back(Bool("grpc.insecure", TINYFOG_FIELD(grpc.insecure)));
  keys.push_back(
      Integer("grpc.max_message_bytes", 1024, kGiB, TINYFOG_FIELD(grpc.max_message_bytes)));
  keys.push_back(Integer("grpc.max_concurrent_streams", 1, 65'536,
                         TINYFOG_FIELD(grpc.max_concurrent_streams)));
  keys.push_back(Integer("grpc.max_stream_outstanding", 1, 65'536,
                         TINYFOG_FIELD(grpc.max_stream_outstanding)));
  keys.push_back(Integer("grpc.max_event_streams", 1, 1024, TINYFOG_FIELD(grpc.max_event_streams)));
  keys.push_back(Integer("grpc.max_pushes", 1, 64, TINYFOG_FIELD(grpc.max_pushes)));
  keys.push_back(
      Integer("grpc.push_idle_timeout_s", 1, 3600, TINYFOG_FIELD(grpc.push_idle_timeout)));
  keys.push_back(Integer("grpc.keepalive_time_s", 1, 86'400, TINYFOG_FIELD(grpc.keepalive_time)));
  keys.push_back(
      Integer("grpc.keepalive_timeout_s", 1, 3600, TINYFOG_FIELD(grpc.keepalive_timeout)));
  keys.push_back(TlsPath("grpc.tls.certificate", &rpc::TlsOptions::certificate));
  keys.push_back(TlsPath("grpc.tls.key", &rpc::TlsOptions::key));
  keys.push_back(TlsPath("grpc.tls.client_ca", &rpc::TlsOptions::client_ca));
}

#undef TINYFOG_FIELD

}  // namespace

const std::vector<Key>& Keys() {
  static const auto& keys = *[] {
    auto* list = new std::vector<Key>;
    AddGeneral(*list);
    AddInference(*list);
    AddModelDefaults(*list);
    AddMqtt(*list);
    AddBroker(*list);
    AddFleet(*list);
    AddArtifacts(*list);
    AddGrpc(*list);
    return list;
  }();
  return keys;
}

std::vector<Conflict> Conflicts(const Config& config) {
  std::vector<Conflict> found;
  const auto require = [&](bool holds, const char* key, const char* text) {
    if (!holds) found.push_back({key, text});
  };
  const auto& mqtt = config.mqtt;
  const auto& defaults = config.inference.model_defaults;
  require(defaults.default_priority <= defaults.priority_levels,
          "inference.defaults.default_priority", "must be at most priority_levels");
  require(mqtt.reconnect_min <= mqtt.reconnect_max, "mqtt.reconnect_min_ms",
          "must be at most reconnect_max_ms");
  require(mqtt.max_pending_bytes >= mqtt.max_payload_bytes, "mqtt.max_pending_bytes",
          "must be at least max_payload_bytes");
  require(mqtt.broker.restart_min <= mqtt.broker.restart_max, "mqtt.broker.restart_min_ms",
          "must be at most restart_max_ms");
  require(mqtt.tls.cert_file.empty() == mqtt.tls.key_file.empty(), "mqtt.tls.cert_file",
          "cert_file and key_file belong together: set both or none");
  if (config.grpc.tls) {
    require(!config.grpc.tls->certificate.empty() && !config.grpc.tls->key.empty(),
            config.grpc.tls->certificate.empty() ? "grpc.tls.key" : "grpc.tls.certificate",
            "TLS needs both certificate and key");
  }
  require(!config.grpc.listen.empty() || !config.grpc_socket.empty(), "grpc.listen",
          "set listen or unix_socket: without both nobody can reach the daemon");
  return found;
}

}  // namespace tinyfog::config
