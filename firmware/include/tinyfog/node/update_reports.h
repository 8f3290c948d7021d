#pragma once

#include <array>
#include <cstdint>

#include "tinyfog/node/artifact_update.h"

namespace tinyfog::node {

/// What is to be told upstream of the artifacts, and when.
class UpdateReports {
 public:
  static constexpr std::uint32_t kReportMs = 5000;
  static constexpr std::uint32_t kLongestReportMs = 60000;

  struct News {
    wire::OtaReport::State state = wire::OtaReport::State::kUnspecified;
    wire::Sha256 digest{};
    std::uint64_t desired = 0;
    std::uint32_t chunks = 0;
    Objection objection;
  };

  /// Replaces what was to be told of that kind. `kind`: not kUnspecified.
  void Tell(wire::ArtifactKind kind, const News& news);

  /// News if there are any, and `incomplete`'s chunks when it is time. `incomplete`: in whose
  /// transfer chunks are missing; null: none. Views are valid until the next call.
  bool Take(std::uint64_t now_ms, const ArtifactUpdate* incomplete, wire::OtaReport& report);
  /// When Take has something. `is_incomplete`: chunks are missing.
  std::uint64_t NextMs(bool is_incomplete) const;

 private:
  struct Kept {
    News news;
    bool is_new = false;
  };
  void Fill(const Kept& kept, wire::OtaReport& report);
  void FillMissing(const Transfer& transfer, wire::OtaReport& report);
  void WriteText(const Objection& objection);
  void Schedule(std::uint64_t now_ms, std::uint32_t received);

  std::array<Kept, 2> kept_;  // firmware, model
  std::uint64_t next_ms_ = 0;
  std::uint32_t interval_ms_ = kReportMs;
  std::uint32_t told_received_ = 0;
  std::array<std::uint8_t, kMostChunks / 8> missing_;
  std::array<char, 64> text_;
  std::uint8_t text_bytes_ = 0;
};

}  // namespace tinyfog::node
