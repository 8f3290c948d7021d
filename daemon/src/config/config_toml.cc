#include <algorithm>
#include <sstream>

#include "toml_checked.h"

#include "document.h"

namespace tinyfog::config {
namespace {

std::string TypeName(const toml::node& node) {
  switch (node.type()) {
    case toml::node_type::floating_point:
      return "a fraction";
    case toml::node_type::array:
      return "a list of something else than strings";
    case toml::node_type::date:
    case toml::node_type::time:
    case toml::node_type::date_time:
      return "a date or time";
    default:
      return "something else";
  }
}

Value Read(const toml::node& node) {
  if (const auto* value = node.as_boolean()) return value->get();
  if (const auto* value = node.as_integer()) return value->get();
  if (const auto* value = node.as_string()) return value->get();
  const auto* array = node.as_array();
  if (array == nullptr) return Other{TypeName(node)};
  std::vector<std::string> texts;
  for (const auto& item : *array) {
    const auto* text = item.as_string();
    if (text == nullptr) return Other{TypeName(node)};
    texts.push_back(text->get());
  }
  return texts;
}

Entry EntryAt(std::string name, Value value, const toml::source_position& where) {
  return {std::move(name), std::move(value), static_cast<int>(where.line),
          static_cast<int>(where.column), false};
}

void Flatten(const toml::table& table, const std::string& prefix, std::vector<Entry>& entries) {
  for (const auto& [key, node] : table) {
    const std::string name = prefix + std::string(key.str());
    if (const auto* inner = node.as_table()) {
      if (inner->empty()) {
        entries.push_back(EntryAt(name, false, key.source().begin));
        entries.back().section = true;
      }
      Flatten(*inner, name + ".", entries);
    } else {
      entries.push_back(EntryAt(name, Read(node), key.source().begin));
    }
  }
}

}  // namespace

Result<std::vector<Entry>, std::vector<Problem>> ReadDocument(std::string_view toml) {
  using Problems = std::vector<Problem>;
  try {
    std::vector<Entry> entries;
    Flatten(toml::parse(toml), "", entries);
    std::stable_sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) {
      return std::pair(a.line, a.column) < std::pair(b.line, b.column);
    });
    return entries;
  } catch (const toml::parse_error& e) {
    const auto where = e.source().begin;
    return Unexpected(Problems{{static_cast<int>(where.line), static_cast<int>(where.column),
                                "not valid TOML: " + std::string(e.description())}});
  } catch (const std::exception& e) {
    return Unexpected(Problems{{0, 0, std::string("not valid TOML: ") + e.what()}});
  }
}

}  // namespace tinyfog::config
