#include "watch_board.h"

#include <algorithm>
#include <vector>

#include "event_line.h"
#include "tinyfog/term/format.h"
#include "tinyfog/term/text.h"

namespace tinyfog::ctl {
namespace {

constexpr std::size_t kMostRows = 1000;
using Align = term::Column::Align;

std::string Micros(std::uint64_t us) { return term::HumanDuration(std::chrono::microseconds(us)); }

}  // namespace

void WatchBoard::Add(const v1::Event& event, Time now) {
  missed_ += event.dropped();
  if (!event.has_inference()) {
    other_ = event;
    return;
  }
  const auto& inference = event.inference();
  const std::pair key{inference.node(), inference.model()};
  if (!rows_.contains(key) && rows_.size() >= kMostRows) {
    rows_.erase(std::min_element(rows_.begin(), rows_.end(), [](const auto& a, const auto& b) {
      return a.second.seen < b.second.seen;
    }));
  }
  Row& row = rows_[key];
  row.last = inference;
  row.seen = now;
  ++row.answers;
  if (inference.code() != 0) ++failed_;
  row.rate.Tick(now);
  rate_.Tick(now);
  ++inferences_;
}

std::string WatchBoard::Render(Time now, std::size_t rows, const term::Style& style) const {
  std::vector<const std::pair<const std::pair<std::string, std::string>, Row>*> shown;
  for (const auto& row : rows_) shown.push_back(&row);
  const std::size_t room = rows > 4 ? rows - 4 : 1;
  const std::size_t hidden = shown.size() > room ? shown.size() - room : 0;
  if (hidden > 0) {
    std::sort(shown.begin(), shown.end(),
              [](auto* a, auto* b) { return a->second.seen > b->second.seen; });
    shown.resize(room);
    std::sort(shown.begin(), shown.end(), [](auto* a, auto* b) { return a->first < b->first; });
  }
  term::Table table({{"NODE", Align::kLeft, true},
                     {"MODEL", Align::kLeft, true},
                     {"ANSWER", Align::kLeft, true},
                     {"SCORE", Align::kRight},
                     {"LATENCY", Align::kRight},
                     {"QUEUE", Align::kRight},
                     {"COMPUTE", Align::kRight},
                     {"RATE", Align::kRight},
                     {"COUNT", Align::kRight}});
  for (const auto* entry : shown) {
    const Row& row = entry->second;
    const auto& e = row.last;
    table.Row({e.node(),
               e.model(),
               {AnswerText(e), e.code() == 0 ? term::Tone::kGood : term::Tone::kBad},
               e.has_top_index() ? term::Fixed(e.top_score(), 3) : "–",
               Micros(e.latency_us()),
               Micros(e.queue_us()),
               Micros(e.compute_us()),
               term::Fixed(row.rate.PerSecond(now), 1) + "/s",
               term::HumanCount(row.answers)});
  }
  std::string text = table.Render(style);
  if (rows_.empty()) text += "waiting for the first inference; Ctrl-C ends\n";
  std::string total =
      term::HumanCount(inferences_) + " inferences, " + term::Fixed(rate_.PerSecond(now), 1) + "/s";
  if (failed_ > 0) total += ", " + term::HumanCount(failed_) + " failed";
  if (hidden > 0) total += ", " + term::HumanCount(hidden) + " rows not shown";
  if (missed_ > 0) total += ", " + term::HumanCount(missed_) + " events missed";
  text += term::Pairs({{"total", total}}, style);
  if (other_.kind() != v1::Event::KIND_UNSPECIFIED)
    text += term::Fit(EventText(other_, {}), style.width > 0 ? style.width : 200) + "\n";
  return text;
}

}  // namespace tinyfog::ctl
