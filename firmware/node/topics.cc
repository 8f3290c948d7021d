#include "tinyfog/node/topics.h"

namespace tinyfog::node {
namespace {

using namespace std::string_view_literals;

constexpr std::string_view kRoot = "tinyfog/v1/";

// What is behind `start`; nothing when `text` begins otherwise.
std::string_view Behind(std::string_view text, std::string_view start) {
  if (!text.starts_with(start)) return {};
  text.remove_prefix(start.size());
  return text;
}

}  // namespace

Topics::Topics(std::string_view site, std::string_view node) : site_(site) {
  ok_ = wire::IsName(site) && wire::IsName(node, true) && node != "gateway"sv && node != "art"sv;
  state_.Add(kRoot).Add(site).Add("/"sv).Add(node).Add("/"sv);
  root_bytes_ = state_.view().size();
  down_.Add(state_.view()).Add("down/#"sv);
  state_.Add("up/state"sv);
}

std::string_view Topics::TailOf(std::string_view topic) const { return Behind(topic, root()); }

std::string_view Topics::FollowArtifact(int which, const wire::Sha256& digest) {
  Text<kFilterBytes>& filter = artifacts_[which];
  filter.Clear();
  return filter.Add(kRoot).Add(site_).Add("/art/"sv).AddHex(digest).Add("/+"sv).view();
}

std::uint32_t Topics::ChunkOf(int which, std::string_view topic) const {
  std::string_view start = artifact(which);
  if (start.empty()) return kNoChunk;
  start.remove_suffix(1);
  const std::string_view digits = Behind(topic, start);
  if (digits.empty() || digits.size() > 6 || (digits.size() > 1 && digits[0] == '0')) {
    return kNoChunk;
  }
  std::uint32_t index = 0;
  for (const char c : digits) {
    if (c < '0' || c > '9') return kNoChunk;
    index = index * 10 + static_cast<std::uint32_t>(c - '0');
  }
  return index;
}

}  // namespace tinyfog::node
