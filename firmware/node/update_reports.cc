#include "tinyfog/node/update_reports.h"

#include <algorithm>

namespace tinyfog::node {
namespace {

using wire::ArtifactKind;
using State = wire::OtaReport::State;

// Appends to a text what fits.
class Text {
 public:
  Text(std::span<char> buffer) : buffer_(buffer) {}
  void Add(const char* text) {
    for (; *text != '\0' && size_ < buffer_.size(); ++text) buffer_[size_++] = *text;
  }
  void Add(std::uint32_t number) {
    char digits[11];
    char* at = digits + sizeof digits - 1;
    *at = '\0';
    do {
      *--at = static_cast<char>('0' + number % 10);
      number /= 10;
    } while (number != 0);
    Add(at);
  }
  std::uint8_t size() const { return static_cast<std::uint8_t>(size_); }

 private:
  std::span<char> buffer_;
  std::size_t size_ = 0;
};

}  // namespace

void UpdateReports::Tell(ArtifactKind kind, const News& news) {
  Kept& kept = Of(kind);
  kept = {news, true};
  if (news.state != State::kWant) return;
  interval_ms_ = kReportMs;
  told_received_ = 0;
}

// "arena too small: 20000 (here 16384)"
void UpdateReports::WriteText(const Objection& objection) {
  Text text(text_);
  if (objection) text.Add(wire::UpdateReasonName(objection.reason));
  if (objection.needs != 0 || objection.has != 0) {
    text.Add(": ");
    text.Add(objection.needs);
  }
  if (objection.has != 0) {
    text.Add(" (here ");
    text.Add(objection.has);
    text.Add(")");
  }
  text_bytes_ = text.size();
}

void UpdateReports::FillMissing(const Transfer& transfer, wire::OtaReport& report) {
  const std::uint32_t chunks = transfer.chunks();
  missing_.fill(0);
  for (std::uint32_t i = 0; i < chunks; ++i) {
    if (!transfer.has(i)) missing_[i / 8] |= static_cast<std::uint8_t>(1u << i % 8);
  }
  report.missing = std::span(missing_).first((chunks + 7) / 8);
  report.received = transfer.received();
}

void UpdateReports::Fill(const Kept& kept, ArtifactKind kind, const Transfer* incomplete,
                         wire::OtaReport& report) {
  const News& news = kept.news;
  report = {};
  report.state = news.state;
  report.kind = kind;
  report.digest = news.digest;
  report.desired = news.desired;
  report.chunks = news.chunks;
  report.received = news.state == State::kRefused ? 0 : news.chunks;
  report.reason = news.objection.reason;
  WriteText(news.objection);
  report.text = {text_.data(), text_bytes_};
  if (news.state == State::kWant && incomplete != nullptr) FillMissing(*incomplete, report);
}

// While chunks come, a report each interval; while none come, ever fewer.
void UpdateReports::Schedule(std::uint64_t now_ms, std::uint32_t received) {
  const bool advances = received != told_received_;
  told_received_ = received;
  interval_ms_ = advances ? kReportMs : std::min(2 * interval_ms_, kLongestReportMs);
  next_ms_ = now_ms + interval_ms_;
}

bool UpdateReports::Take(std::uint64_t now_ms, ArtifactKind kind, const Transfer* incomplete,
                         wire::OtaReport& report) {
  for (const ArtifactKind each : {ArtifactKind::kFirmware, ArtifactKind::kModel}) {
    Kept& kept = Of(each);
    if (!kept.is_new) continue;
    kept.is_new = false;
    const bool wants = kept.news.state == State::kWant;
    Fill(kept, each, each == kind ? incomplete : nullptr, report);
    if (wants && each == kind && incomplete != nullptr) {
      told_received_ = report.received;
      next_ms_ = now_ms + interval_ms_;
    }
    return true;
  }
  if (incomplete == nullptr || now_ms < next_ms_) return false;
  Fill(Of(kind), kind, incomplete, report);
  Schedule(now_ms, report.received);
  return true;
}

std::uint64_t UpdateReports::NextMs(bool is_incomplete) const {
  for (const Kept& kept : kept_) {
    if (kept.is_new) return 0;
  }
  return is_incomplete ? next_ms_ : ~std::uint64_t{0};
}

}  // namespace tinyfog::node
