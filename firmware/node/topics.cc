#include "tinyfog/node/topics.h"

namespace tinyfog::node {
namespace {

using namespace std::string_view_literals;

constexpr char kRoot[] = "tinyfog/v1/";

}  // namespace

Topics::Topics(std::string_view site, std::string_view node)
    : ok_(wire::IsName(site) && wire::IsName(node, true) && node != "gateway"sv && node != "art"sv),
      site_(site) {
  state_.Add(kRoot).Add(site).Add("/").Add(node).Add("/");
  root_ = state_.view();
  down_.Add(root_).Add("down/#");
  state_.Add("up/state");
}

std::string_view Topics::FollowArtifact(int which, const wire::Sha256& digest) {
  TextBuffer& filter = artifacts_[which];
  filter.Clear();
  return filter.Add(kRoot).Add(site_).Add("/art/").AddHex(digest).Add("/+").view();
}

std::uint32_t Topics::ChunkOf(int which, std::string_view topic) const {
  std::string_view start = artifact(which);
  if (start.empty()) return kNoChunk;
  start.remove_suffix(1);
  if (!TakeOff(topic, start) || topic.empty() || topic.size() > 6) return kNoChunk;
  if (topic.size() > 1 && topic[0] == '0') return kNoChunk;
  std::uint32_t index = 0;
  for (const char c : topic) {
    if (c < '0' || c > '9') return kNoChunk;
    index = index * 10 + static_cast<std::uint32_t>(c - '0');
  }
  return index;
}

}  // namespace tinyfog::node
