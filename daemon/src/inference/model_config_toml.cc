#include <array>
#include <sstream>

#include "tinyfog/inference/model_config.h"
#include "toml_checked.h"

namespace tinyfog::inference {
namespace {

constexpr std::string_view kKeys =
    "version_policy, max_batch, max_queue_delay_us, queue_capacity, instances, "
    "threads, warmup, priority_levels, default_priority, default_timeout_ms, labels";
constexpr std::size_t kMaxLabels = 65536;
constexpr std::size_t kMaxVersions = 1024;

/// Reads values of one file and remembers the first mistake.
class Reader {
 public:
  explicit Reader(const std::string& filename) : filename_(filename) {}

  const std::optional<Error>& error() const { return error_; }

  void Fail(const toml::source_region& where, const std::string& text) {
    if (error_) return;
    error_ = InvalidArgument(filename_ + ":" + std::to_string(where.begin.line) + ": " + text);
  }

  std::optional<std::int64_t> Integer(const toml::node& node, std::string_view key,
                                      std::int64_t low, std::int64_t high) {
    const auto* value = node.as_integer();
    if (value == nullptr || value->get() < low || value->get() > high) {
      Fail(node.source(), std::string(key) + " must be an integer from " + std::to_string(low) +
                              " to " + std::to_string(high));
      return std::nullopt;
    }
    return value->get();
  }

  template <class T>
  void Number(const toml::node& node, std::string_view key, std::int64_t low, std::int64_t high,
              T& target) {
    if (const auto value = Integer(node, key, low, high)) target = T(*value);
  }

  void Labels(const toml::node& node, std::vector<std::string>& labels) {
    const auto* array = node.as_array();
    if (array == nullptr || array->size() > kMaxLabels) {
      return Fail(node.source(),
                  "labels must be a list of at most 65536 strings, like "
                  "[\"off\", \"on\"]");
    }
    labels.clear();
    for (const auto& item : *array) {
      const auto* text = item.as_string();
      if (text == nullptr) return Fail(item.source(), "every label must be a string");
      labels.push_back(text->get());
    }
  }

  /// "all", { latest = N } or { specific = [N, ...] }.
  void Policy(const toml::node& node, VersionPolicy& policy) {
    if (const auto* text = node.as_string(); text != nullptr && text->get() == "all") {
      policy = {VersionPolicy::Kind::kAll, 1, {}};
      return;
    }
    const auto* table = node.as_table();
    if (table != nullptr && table->size() == 1) {
      if (const auto* latest = table->get("latest")) {
        policy = {VersionPolicy::Kind::kLatest, 1, {}};
        return Number(*latest, "latest", 1, kMaxVersions, policy.latest);
      }
      if (const auto* specific = table->get("specific")) return Specific(*specific, policy);
    }
    Fail(node.source(), "version_policy must be \"all\", { latest = 1 } or { specific = [1, 3] }");
  }

 private:
  void Specific(const toml::node& node, VersionPolicy& policy) {
    const auto* array = node.as_array();
    if (array == nullptr || array->empty() || array->size() > kMaxVersions) {
      return Fail(node.source(), "specific must be a list of 1 to 1024 version numbers");
    }
    policy = {VersionPolicy::Kind::kSpecific, 1, {}};
    for (const auto& item : *array) {
      const auto version = Integer(item, "a version", 1, std::numeric_limits<std::int64_t>::max());
      if (!version) return;
      policy.specific.push_back(*version);
    }
  }

  const std::string& filename_;
  std::optional<Error> error_;
};

void ReadKey(Reader& reader, std::string_view key, const toml::node& node, ModelOptions& options) {
  constexpr std::int64_t kDay = 24 * 3600;
  if (key == "version_policy") return reader.Policy(node, options.version_policy);
  if (key == "max_batch") return reader.Number(node, key, 1, 64, options.max_batch);
  if (key == "max_queue_delay_us") {
    return reader.Number(node, key, 0, 10'000'000, options.max_queue_delay);
  }
  if (key == "queue_capacity") return reader.Number(node, key, 1, 65536, options.queue_capacity);
  if (key == "instances") return reader.Number(node, key, 1, 16, options.instances);
  if (key == "threads") return reader.Number(node, key, 1, 16, options.threads);
  if (key == "warmup") return reader.Number(node, key, 0, 100, options.warmup);
  if (key == "priority_levels") return reader.Number(node, key, 1, 10, options.priority_levels);
  if (key == "default_priority") return reader.Number(node, key, 1, 10, options.default_priority);
  if (key == "default_timeout_ms") {
    return reader.Number(node, key, 0, kDay * 1000, options.default_timeout);
  }
  if (key == "labels") return reader.Labels(node, options.labels);
  reader.Fail(node.source(), "unknown key '" + std::string(key.substr(0, 100)) + "'; known are " +
                                 std::string(kKeys));
}

}  // namespace

bool ValidModelName(std::string_view name) {
  if (name.empty() || name.size() > 64 || name.front() == '.') return false;
  for (const char c : name) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    if (!letter && !(c >= '0' && c <= '9') && c != '_' && c != '.' && c != '-') return false;
  }
  return true;
}

Outcome<ModelOptions> ParseModelConfig(std::string_view text, const std::string& filename,
                                       const ModelOptions& defaults) {
  toml::table table;
  try {
    table = toml::parse(text, filename);
  } catch (const toml::parse_error& e) {
    return InvalidArgument(filename + ":" + std::to_string(e.source().begin.line) + ": " +
                           std::string(e.description()));
  } catch (const std::exception& e) {
    return InvalidArgument(filename + ": " + e.what());
  }
  Reader reader(filename);
  ModelOptions options = defaults;
  for (const auto& [key, node] : table) ReadKey(reader, key.str(), node, options);
  if (!reader.error() && options.default_priority > options.priority_levels) {
    const auto* node = table.get("default_priority");
    if (node == nullptr) {
      options.default_priority = options.priority_levels;
    } else {
      reader.Fail(node->source(), "default_priority must be at most priority_levels (" +
                                      std::to_string(options.priority_levels) + ")");
    }
  }
  if (reader.error()) return *reader.error();
  return options;
}

}  // namespace tinyfog::inference
