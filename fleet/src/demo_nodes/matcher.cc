#include "matcher.h"

#include <cstring>

namespace tinyfog::demo {
namespace {

constexpr std::size_t kRemembered = 1024;
constexpr std::size_t kCorrelation = sizeof(std::uint32_t) + sizeof(std::uint64_t);

}  // namespace

std::string Matcher::Send(Request request) {
  std::string correlation(kCorrelation, '\0');
  std::memcpy(correlation.data(), &session_, sizeof session_);
  std::memcpy(correlation.data() + sizeof session_, &request.index, sizeof request.index);
  waiting_[request.index] = request;
  return correlation;
}

Matcher::Match Matcher::Answer(std::string_view correlation, Time now) {
  if (correlation.size() != kCorrelation) return {};
  std::uint32_t session = 0;
  std::uint64_t index = 0;
  std::memcpy(&session, correlation.data(), sizeof session);
  std::memcpy(&index, correlation.data() + sizeof session, sizeof index);
  if (session != session_) return {};
  if (const auto it = waiting_.find(index); it != waiting_.end()) {
    const Match match{now - it->second.sent <= patience_ ? Fate::kAnswered : Fate::kLate,
                      it->second};
    waiting_.erase(it);
    return match;
  }
  if (const auto it = lost_.find(index); it != lost_.end()) {
    const Match match{Fate::kLate, it->second};
    lost_.erase(it);
    return match;
  }
  return {};
}

std::vector<Matcher::Request> Matcher::TakeLost(Time now) {
  std::vector<Request> lost;
  for (auto it = waiting_.begin(); it != waiting_.end();) {
    if (now - it->second.sent <= patience_) {
      ++it;
      continue;
    }
    lost.push_back(it->second);
    lost_[it->first] = it->second;
    it = waiting_.erase(it);
  }
  while (lost_.size() > kRemembered) lost_.erase(lost_.begin());
  return lost;
}

}  // namespace tinyfog::demo
