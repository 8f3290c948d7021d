#include "tinyfog/config/config.h"

#include <algorithm>
#include <map>
#include <optional>

#include "document.h"
#include "keys.h"
#include "tinyfog/host/file.h"
#include "tinyfog/term/json_writer.h"
#include "tinyfog/term/text.h"

namespace tinyfog::config {
namespace {

constexpr std::uint64_t kMaxFileBytes = 1 << 20;

std::string LastPart(const std::string& name) { return name.substr(name.rfind('.') + 1); }

/// The known name that is most likely meant, or nothing where none is near.
std::string Nearest(const std::string& name) {
  std::string best;
  std::size_t best_distance = 4;
  for (const Key& key : Keys()) {
    if (key.name.size() > name.size() + 3 && LastPart(key.name) != LastPart(name)) continue;
    const std::size_t distance = LastPart(key.name) == LastPart(name)
                                     ? 1  // the right key in a wrong section
                                     : term::EditDistance(name, key.name);
    if (distance < best_distance) {
      best = key.name;
      best_distance = distance;
    }
  }
  return best;
}

bool IsSection(const std::string& name) {
  return std::any_of(Keys().begin(), Keys().end(),
                     [&](const Key& key) { return key.name.starts_with(name + "."); });
}

std::string UnknownKey(const std::string& name) {
  const std::string shown = "'" + term::Printable(name.substr(0, 100)) + "'";
  if (IsSection(name)) return shown + " is a section: write [" + name + "]";
  // Names from a hostile file may be long; the distance to them is of no use to anyone.
  const std::string nearest = name.size() <= 64 ? Nearest(name) : "";
  return "unknown key " + shown +
         (nearest.empty() ? "; tinyfogd --print-config shows all keys"
                          : "; did you mean '" + nearest + "'?");
}

std::string Shown(const Value& value) {
  if (const auto* flag = std::get_if<bool>(&value)) return *flag ? "true" : "false";
  if (const auto* number = std::get_if<std::int64_t>(&value)) return std::to_string(*number);
  if (const auto* text = std::get_if<std::string>(&value)) {
    return "\"" + term::Fit(*text, 60) + "\"";
  }
  if (const auto* other = std::get_if<Other>(&value)) return other->type;
  return "a list";
}

/// JSON's strings and lists are TOML's.
std::string Toml(const Value& value) {
  term::JsonWriter json;
  if (const auto* text = std::get_if<std::string>(&value)) return json.Value(*text).text();
  if (const auto* texts = std::get_if<std::vector<std::string>>(&value)) {
    json.Array();
    for (const auto& text : *texts) json.Value(text);
    return json.End().text();
  }
  return Shown(value);
}

const Key* Find(const std::string& name) {
  const auto& keys = Keys();
  const auto found =
      std::find_if(keys.begin(), keys.end(), [&](const Key& key) { return key.name == name; });
  return found == keys.end() ? nullptr : &*found;
}

/// Sets one entry. Returns what is wrong with it, or nothing.
std::string Apply(const Entry& entry, Config& config) {
  if (entry.section) return IsSection(entry.name) ? "" : UnknownKey(entry.name);
  const Key* key = Find(entry.name);
  if (key == nullptr) return UnknownKey(entry.name);
  if (key->set(config, entry.value)) return "";
  const std::string shown = key->secret ? "this value" : Shown(entry.value);
  return key->name + " must be " + key->expects + ", not " + shown;
}

}  // namespace

Result<Config, std::vector<Problem>> Parse(std::string_view toml) {
  TINYFOG_TRY_ASSIGN(const std::vector<Entry> entries, ReadDocument(toml));
  Config config;
  std::vector<Problem> problems;
  std::map<std::string, std::pair<int, int>> places;
  for (const Entry& entry : entries) {
    places[entry.name] = {entry.line, entry.column};
    const std::string wrong = Apply(entry, config);
    if (!wrong.empty()) problems.push_back({entry.line, entry.column, wrong});
  }
  for (const Conflict& conflict : Conflicts(config)) {
    const auto [line, column] = places[conflict.key];
    problems.push_back({line, column, conflict.key + ": " + conflict.text});
  }
  if (problems.empty()) return config;
  std::stable_sort(problems.begin(), problems.end(),
                   [](const Problem& a, const Problem& b) { return a.line < b.line; });
  return Unexpected(std::move(problems));
}

Outcome<Config> Load(const std::filesystem::path& file) {
  TINYFOG_TRY_ASSIGN(const auto bytes, ReadFile(file, kMaxFileBytes));
  auto parsed = Parse({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
  if (parsed.ok()) return std::move(parsed).value();
  std::string text;
  for (const Problem& problem : parsed.error()) {
    if (!text.empty()) text += '\n';
    text += file.string() + ":" + std::to_string(problem.line) + ":" +
            std::to_string(problem.column) + ": " + problem.text;
  }
  return InvalidArgument(text);
}

std::string Print(const Config& config) {
  std::string out;
  std::string section;
  for (const Key& key : Keys()) {
    if (key.secret) continue;
    const auto dot = key.name.rfind('.');
    const std::string here = dot == std::string::npos ? "" : key.name.substr(0, dot);
    if (here != section) out += "\n[" + here + "]\n";
    section = here;
    out += LastPart(key.name) + " = " + Toml(key.get(config)) + "\n";
  }
  return out;
}

std::vector<std::string> KeyNames() {
  std::vector<std::string> names;
  for (const Key& key : Keys()) names.push_back(key.name);
  return names;
}

Changes Compare(const Config& before, const Config& after) {
  Changes changes;
  for (const Key& key : Keys()) {
    if (key.get(before) == key.get(after)) continue;
    (key.live ? changes.live : changes.restart).push_back(key.name);
  }
  return changes;
}

}  // namespace tinyfog::config
