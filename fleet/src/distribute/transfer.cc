#include "transfer.h"

#include <algorithm>

namespace tinyfog::distribute {
namespace {

constexpr std::uint32_t kMostStrikes = 6;  // then once a minute

std::vector<bool> ReadBits(std::span<const std::uint8_t> bytes, std::uint32_t bits) {
  std::vector<bool> read(bits);
  for (std::uint32_t i = 0; i < bits && i / 8 < bytes.size(); ++i) {
    read[i] = (bytes[i / 8] >> (i % 8) & 1) != 0;
  }
  return read;
}

}  // namespace

void Transfer::Report(Time now, const std::string& node, std::span<const std::uint8_t> missing) {
  auto bits = ReadBits(missing, chunks_);
  const auto count = static_cast<std::uint32_t>(std::count(bits.begin(), bits.end(), true));
  if (count == 0) return Leave(node);
  const auto [it, is_new] = members_.try_emplace(node);
  Member& member = it->second;
  if (is_new) {
    member.missing.resize(chunks_);
    member.due.resize(chunks_);
    member.least = count;
  }
  const std::uint32_t due_before = due_;
  Judge(now, member, std::move(bits), count);
  if (due_ == 0) return;
  const bool is_repair = std::none_of(state_.begin(), state_.end(), [](const Chunk& chunk) {
    return chunk.due > 0 && chunk.sequence == 0;
  });
  Gather(now, is_new || due_before == 0, is_repair);
}

/// Decides which of the chunks that the node misses must be sent for it.
void Transfer::Judge(Time now, Member& member, std::vector<bool> missing, std::uint32_t count) {
  const bool progress = count < member.least;
  const bool stalled = member.has_reported && missing == member.missing;
  if (progress) {
    member.least = count;
    member.strikes = 0;
    member.not_before = Time(0);
  } else if (member.served) {
    member.strikes = std::min(member.strikes + 1, kMostStrikes);
    member.not_before = now + std::chrono::seconds(1u << member.strikes);
  }
  const std::uint64_t newest = NewestReceived(member, missing);
  const bool is_patient = now < member.not_before;
  for (std::uint32_t i = 0; i < chunks_; ++i) {
    const bool lost = member.due[i] || state_[i].sequence == 0 ||
                      (!is_patient && IsLost(now, member, i, stalled, newest));
    SetDue(member, i, missing[i] && lost);
  }
  member.missing = std::move(missing);
  member.has_reported = true;
  member.served = false;
}

bool Transfer::IsLost(Time now, const Member& member, std::uint32_t chunk, bool stalled,
                      std::uint64_t newest) const {
  const Chunk& state = state_[chunk];
  if (state.in_flight || now < state.sent + options_.settle) return false;
  return !member.has_reported || stalled || state.sequence < newest;
}

/// The last publication of which this node has had something since its last report.
std::uint64_t Transfer::NewestReceived(const Member& member,
                                       const std::vector<bool>& missing) const {
  std::uint64_t newest = 0;
  for (std::uint32_t i = 0; i < chunks_; ++i) {
    if (member.missing[i] && !missing[i]) newest = std::max(newest, state_[i].sequence);
  }
  return newest;
}

void Transfer::SetDue(Member& member, std::uint32_t chunk, bool due) {
  if (member.due[chunk] == due) return;
  member.due[chunk] = due;
  Chunk& state = state_[chunk];
  if (due) {
    if (state.due++ == 0) ++due_;
  } else {
    if (--state.due == 0) --due_;
  }
}

void Transfer::ClearDue(Member& member) {
  for (std::uint32_t i = 0; i < chunks_; ++i) SetDue(member, i, false);
}

void Transfer::Leave(const std::string& node) {
  const auto it = members_.find(node);
  if (it == members_.end()) return;
  ClearDue(it->second);
  members_.erase(it);
}

void Transfer::ForgetReports() {
  for (auto& [node, member] : members_) ClearDue(member);
  members_.clear();
  for (Chunk& chunk : state_) chunk.queued = false;
  queued_ = 0;
  first_want_.reset();
}

/// Puts the next pass off until wants have stopped coming.
void Transfer::Gather(Time now, bool is_new, bool is_repair) {
  const Time wait = is_repair ? options_.repair_gather : options_.gather;
  if (!first_want_) {
    first_want_ = now;
    start_ = now + wait;
  } else if (is_new) {
    start_ = std::min(std::max(start_, now + wait), *first_want_ + options_.longest_gather);
  }
}

void Transfer::BeginPass() {
  for (Chunk& chunk : state_) {
    chunk.queued = chunk.due > 0 && !chunk.in_flight;
    if (chunk.queued) ++queued_;
  }
  cursor_ = 0;
  first_want_.reset();
}

std::optional<std::uint32_t> Transfer::Next(Time now) {
  if (queued_ == 0) {
    if (due_ == 0 || !first_want_ || now < start_) return std::nullopt;
    BeginPass();
  }
  while (queued_ > 0) {
    Chunk& chunk = state_[cursor_];
    const std::uint32_t index = cursor_;
    cursor_ = (cursor_ + 1) % chunks_;
    if (!chunk.queued) continue;
    chunk.queued = false;
    --queued_;
    if (chunk.due == 0) continue;  // who missed it has gone, or has it
    chunk.in_flight = true;
    ++in_flight_;
    return index;
  }
  return std::nullopt;
}

void Transfer::MarkSent(Time now, std::uint32_t chunk) {
  Chunk& state = state_[chunk];
  state.sequence = ++sequence_;
  state.sent = now;
  for (auto& [node, member] : members_) {
    if (!member.due[chunk]) continue;
    SetDue(member, chunk, false);
    member.served = true;
  }
}

void Transfer::MarkUnsent(std::uint32_t chunk) {
  state_[chunk].in_flight = false;
  --in_flight_;
}

void Transfer::MarkAcknowledged(Time now, std::uint32_t chunk) {
  state_[chunk].in_flight = false;
  state_[chunk].sent = now;
  --in_flight_;
}

std::optional<Time> Transfer::Wake() const {
  if (queued_ > 0) return Time(0);
  if (due_ == 0 || !first_want_) return std::nullopt;
  return start_;
}

}  // namespace tinyfog::distribute
