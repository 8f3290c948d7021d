#include "tinyfog/distribute/distributor.h"

#include <algorithm>
#include <utility>

#include "transfer.h"

namespace tinyfog::distribute {
namespace {

/// A late timer may catch up on so much.
constexpr Time kBurst = std::chrono::milliseconds(50);

}  // namespace

Distributor::Distributor(const Options& options) : options_(options) {}
Distributor::~Distributor() = default;

void Distributor::Connected(Time) { connected_ = true; }

void Distributor::Disconnected(Time) {
  connected_ = false;
  wants_.clear();
  for (auto& [digest, transfer] : transfers_) transfer->ForgetReports();
}

void Distributor::Offer(const std::string& node) { offers_.insert(node); }

void Distributor::Report(Time now, const std::string& node, const Digest& digest,
                         std::uint32_t chunks, std::span<const std::uint8_t> missing) {
  if (!connected_ || chunks == 0) return;
  if (const auto want = wants_.find(node); want != wants_.end() && want->second != digest) {
    Leave(node);
  }
  auto& transfer = transfers_[digest];
  if (!transfer) transfer = std::make_unique<Transfer>(options_, chunks);
  if (transfer->chunks() != chunks) return;  // of one content, so never
  wants_[node] = digest;
  transfer->Report(now, node, missing);
}

void Distributor::Leave(const std::string& node) {
  const auto want = wants_.find(node);
  if (want == wants_.end()) return;
  const Digest digest = want->second;
  wants_.erase(want);
  transfers_.at(digest)->Leave(node);
  Prune(digest);
}

void Distributor::Leave(const std::string& node, const Digest& digest) {
  const auto want = wants_.find(node);
  if (want != wants_.end() && want->second == digest) Leave(node);
}

void Distributor::Prune(const Digest& digest) {
  if (transfers_.at(digest)->over()) transfers_.erase(digest);
}

void Distributor::Abandon(const Digest& digest) {
  const auto it = transfers_.find(digest);
  if (it == transfers_.end()) return;
  std::erase_if(wants_, [&](const auto& want) { return want.second == digest; });
  it->second->ForgetReports();
  Prune(digest);
}

std::optional<Publication> Distributor::Next(Time now) {
  if (!connected_ || in_flight_.size() >= options_.window_chunks) return std::nullopt;
  if (offers_.empty()) return NextChunk(now);
  Publication publication;
  publication.kind = Publication::Kind::kDesired;
  publication.ticket = ++ticket_;
  publication.node = *offers_.begin();
  offers_.erase(offers_.begin());
  in_flight_.emplace(publication.ticket, publication);
  return publication;
}

std::optional<Publication> Distributor::NextChunk(Time now) {
  if (now < free_at_) return std::nullopt;
  auto it = transfers_.upper_bound(last_served_);
  for (std::size_t tried = 0; tried < transfers_.size(); ++tried, ++it) {
    if (it == transfers_.end()) it = transfers_.begin();
    const auto chunk = it->second->Next(now);
    if (!chunk) continue;
    Publication publication;
    publication.ticket = ++ticket_;
    publication.digest = last_served_ = it->first;
    publication.chunk = *chunk;
    publication.repair = it->second->WasSent(*chunk);
    in_flight_.emplace(publication.ticket, publication);
    return publication;
  }
  return std::nullopt;
}

void Distributor::Sent(Time now, std::uint64_t ticket, std::uint32_t bytes) {
  const auto it = in_flight_.find(ticket);
  if (it == in_flight_.end() || it->second.kind != Publication::Kind::kChunk) return;
  transfers_.at(it->second.digest)->MarkSent(now, it->second.chunk);
  ++stats_.chunks;
  stats_.bytes += bytes;
  if (it->second.repair) ++stats_.repairs;
  if (options_.bytes_per_second > 0) {
    free_at_ = std::max(free_at_, now - kBurst) +
               Time(std::uint64_t{bytes} * 1'000'000 / options_.bytes_per_second);
  }
}

void Distributor::Unsent(std::uint64_t ticket) {
  const auto it = in_flight_.find(ticket);
  if (it == in_flight_.end()) return;
  if (it->second.kind == Publication::Kind::kDesired) {
    offers_.insert(it->second.node);
  } else {
    transfers_.at(it->second.digest)->MarkUnsent(it->second.chunk);
    if (connected_) Prune(it->second.digest);
  }
  in_flight_.erase(it);
}

void Distributor::Acknowledged(Time now, std::uint64_t ticket) {
  const auto it = in_flight_.find(ticket);
  if (it == in_flight_.end()) return;
  if (it->second.kind == Publication::Kind::kChunk) {
    transfers_.at(it->second.digest)->MarkAcknowledged(now, it->second.chunk);
    Prune(it->second.digest);
  }
  in_flight_.erase(it);
}

std::optional<Time> Distributor::Wake() const {
  if (!connected_ || in_flight_.size() >= options_.window_chunks) return std::nullopt;
  if (!offers_.empty()) return Time(0);
  std::optional<Time> earliest;
  for (const auto& [digest, transfer] : transfers_) {
    const auto wake = transfer->Wake();
    if (wake && (!earliest || *wake < *earliest)) earliest = wake;
  }
  if (earliest) earliest = std::max(*earliest, free_at_);
  return earliest;
}

Stats Distributor::stats() const {
  Stats stats = stats_;
  stats.waiting = static_cast<std::uint32_t>(offers_.size());
  for (const auto& [digest, transfer] : transfers_) {
    stats.waiting += transfer->due();
    if (!transfer->empty()) ++stats.transfers;
  }
  stats.in_flight = static_cast<std::uint32_t>(in_flight_.size());
  return stats;
}

}  // namespace tinyfog::distribute
