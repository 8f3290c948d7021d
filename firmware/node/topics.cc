#include "tinyfog/node/topics.h"

#include <algorithm>

namespace tinyfog::node {
namespace {

constexpr std::string_view kRoot = "tinyfog/v1/";

bool IsName(std::string_view name, bool with_colons) {
  if (name.empty() || name.size() > kNameBytes) return false;
  return std::all_of(name.begin(), name.end(), [with_colons](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '.' || c == '-' || (with_colons && c == ':');
  });
}

// -1 for what is no digit.
int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

std::optional<std::uint32_t> ParseIndex(std::string_view text) {
  if (text.empty() || text.size() > 6 || (text.size() > 1 && text[0] == '0')) return std::nullopt;
  std::uint32_t index = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    index = index * 10 + static_cast<std::uint32_t>(c - '0');
  }
  return index;
}

}  // namespace

Topics::Topics(std::string_view site, std::string_view node) : site_(site) {
  ok_ = IsName(site, false) && IsName(node, true) && node != "gateway" && node != "art";
  if (!ok_) return;
  state_.Add(kRoot).Add(site).Add("/").Add(node).Add("/");
  root_bytes_ = state_.view().size();
  down_.Add(state_.view()).Add("down/#");
  state_.Add("up/state");
}

Topic Topics::Make(std::string_view tail, std::string_view name) const {
  Topic topic;
  topic.Add({state_.view().data(), root_bytes_}).Add(tail).Add(name);
  return topic;
}

std::string_view Topics::TailOf(std::string_view topic) const {
  if (!topic.starts_with(std::string_view(state_.view().data(), root_bytes_))) return {};
  return {topic.data() + root_bytes_, topic.size() - root_bytes_};
}

std::string_view Topics::FollowArtifact(int which, const wire::Sha256& digest) {
  artifacts_[which].Clear();
  artifacts_[which].Add(kRoot).Add(site_).Add("/art/").AddHex(digest).Add("/+");
  return artifacts_[which].view();
}

std::optional<Topics::Chunk> Topics::ChunkOf(std::string_view topic) const {
  const auto skip = [&topic](std::string_view part) {
    const bool matches = topic.starts_with(part);
    if (matches) topic.remove_prefix(part.size());
    return matches;
  };
  if (!skip(kRoot) || !skip(site_) || !skip("/art/")) return std::nullopt;
  Chunk chunk{};
  if (topic.size() < 2 * chunk.digest.size()) return std::nullopt;
  for (std::size_t i = 0; i < chunk.digest.size(); ++i) {
    const int high = HexDigit(topic[2 * i]), low = HexDigit(topic[2 * i + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    chunk.digest[i] = static_cast<std::uint8_t>(high << 4 | low);
  }
  topic.remove_prefix(2 * chunk.digest.size());
  if (!skip("/")) return std::nullopt;
  const auto index = ParseIndex(topic);
  if (!index) return std::nullopt;
  chunk.index = *index;
  return chunk;
}

}  // namespace tinyfog::node
