#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "tinyfog/distribute/distributor.h"

namespace tinyfog::distribute {

/// One artifact on its way to the nodes that miss chunks of it. A pass sends each chunk once that
/// somebody missed when it began; between passes wants are gathered.
class Transfer {
 public:
  Transfer(const Options& options, std::uint32_t chunks)
      : options_(options), chunks_(chunks), state_(chunks) {}

  std::uint32_t chunks() const { return chunks_; }
  bool empty() const { return members_.empty(); }
  /// Nobody wants anything and nothing is on its way: may be forgotten.
  bool over() const { return members_.empty() && in_flight_ == 0; }

  void Report(Time now, const std::string& node, std::span<const std::uint8_t> missing);
  void Leave(const std::string& node);
  /// What is known of who misses what is void.
  void ForgetReports();

  /// The next chunk of the pass, which begins if its time has come.
  std::optional<std::uint32_t> Next(Time now);
  bool WasSent(std::uint32_t chunk) const { return state_[chunk].sequence != 0; }
  void MarkSent(Time now, std::uint32_t chunk);
  void MarkUnsent(std::uint32_t chunk);
  void MarkAcknowledged(Time now, std::uint32_t chunk);

  /// When the next pass can begin, or 0 while one goes on; nothing: nobody misses anything.
  std::optional<Time> Wake() const;
  std::uint32_t due() const { return due_; }

 private:
  struct Chunk {
    std::uint32_t due = 0;       ///< nodes that have lost it or never got it
    std::uint64_t sequence = 0;  ///< of its last publication; 0: never
    Time sent{0};
    bool in_flight = false;
    bool queued = false;  ///< for this pass
  };
  struct Member {
    std::vector<bool> missing;
    std::vector<bool> due;
    std::uint32_t least = 0;  ///< chunks missing, the least ever
    bool has_reported = false;
    bool served = false;  ///< something was sent for it since its last report
    std::uint32_t strikes = 0;
    Time not_before{0};
  };

  void Judge(Time now, Member& member, std::vector<bool> missing, std::uint32_t count);
  bool IsLost(Time now, const Member& member, std::uint32_t chunk, bool stalled,
              std::uint64_t newest) const;
  std::uint64_t NewestReceived(const Member& member, const std::vector<bool>& missing) const;
  void SetDue(Member& member, std::uint32_t chunk, bool due);
  void ClearDue(Member& member);
  void Gather(Time now, bool is_new, bool is_repair);
  void BeginPass();

  const Options& options_;
  const std::uint32_t chunks_;
  std::vector<Chunk> state_;
  std::map<std::string, Member> members_;
  std::uint64_t sequence_ = 0;
  std::uint32_t due_ = 0;  ///< chunks that somebody is due
  std::uint32_t queued_ = 0;
  std::uint32_t in_flight_ = 0;
  std::uint32_t cursor_ = 0;
  std::optional<Time> first_want_;  ///< of the next pass
  Time start_{0};                   ///< of the next pass
};

}  // namespace tinyfog::distribute
