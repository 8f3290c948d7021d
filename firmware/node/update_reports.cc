#include "tinyfog/node/update_reports.h"

#include <algorithm>

namespace tinyfog::node {
namespace {

using wire::ArtifactKind;
using State = wire::OtaReport::State;

constexpr std::uint32_t kNothingTold = ~0u;

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
  kept_[kind == ArtifactKind::kModel] = {news, true};
  if (news.state == State::kWant) told_received_ = kNothingTold;
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
  for (std::size_t i = 0; i < missing_.size(); ++i) {
    missing_[i] = static_cast<std::uint8_t>(~transfer.whole[i]);
  }
  if (chunks % 8 != 0) missing_[chunks / 8] &= static_cast<std::uint8_t>((1u << chunks % 8) - 1);
  report.missing = std::span(missing_).first((chunks + 7) / 8);
  report.received = transfer.received();
}

void UpdateReports::Fill(const Kept& kept, wire::OtaReport& report) {
  const News& news = kept.news;
  report = {};
  report.state = news.state;
  report.kind = &kept == &kept_[0] ? ArtifactKind::kFirmware : ArtifactKind::kModel;
  report.digest = news.digest;
  report.desired = news.desired;
  report.chunks = news.chunks;
  report.received = news.state == State::kRefused ? 0 : news.chunks;
  report.reason = news.objection.reason;
  WriteText(news.objection);
  report.text = {text_.data(), text_bytes_};
}

// While chunks come, a report each interval; while none come, ever fewer.
void UpdateReports::Schedule(std::uint64_t now_ms, std::uint32_t received) {
  const bool advances = received != told_received_;
  told_received_ = received;
  interval_ms_ = advances ? kReportMs : std::min(2 * interval_ms_, kLongestReportMs);
  next_ms_ = now_ms + interval_ms_;
}

bool UpdateReports::Take(std::uint64_t now_ms, const ArtifactUpdate* incomplete,
                         wire::OtaReport& report) {
  for (Kept& kept : kept_) {
    Fill(kept, report);
    const bool is_missed = incomplete != nullptr && incomplete->kind() == report.kind;
    if (!kept.is_new && !(is_missed && now_ms >= next_ms_)) continue;
    kept.is_new = false;
    if (is_missed) {
      FillMissing(incomplete->transfer(), report);
      Schedule(now_ms, report.received);
    }
    return true;
  }
  return false;
}

std::uint64_t UpdateReports::NextMs(bool is_incomplete) const {
  for (const Kept& kept : kept_) {
    if (kept.is_new) return 0;
  }
  return is_incomplete ? next_ms_ : ~std::uint64_t{0};
}

}  // namespace tinyfog::node
