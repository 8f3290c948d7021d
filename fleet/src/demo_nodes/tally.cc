#include "tally.h"

#include <algorithm>

#include "tinyfog/term/format.h"
#include "tinyfog/term/text.h"

namespace tinyfog::demo {
namespace {

using term::Cell;
using term::Tone;
using Align = term::Column::Align;

constexpr double kWantedAccuracy = 0.95;
constexpr std::size_t kLatencies = 4096;

bool Right(const Reading& r) { return r.fate == Fate::kAnswered && r.answer == r.truth; }

std::string Micros(std::uint64_t us) { return term::HumanDuration(std::chrono::microseconds(us)); }

Cell AnswerCell(const Reading& r) {
  const bool result = r.fate == Fate::kAnswered;
  const std::string text =
      result ? r.answer : std::string(FateName(r.fate)) + (r.answer.empty() ? "" : ": " + r.answer);
  return {text, Right(r) ? Tone::kGood : result ? Tone::kWarning : Tone::kBad};
}

std::string Pad(const std::string& text, std::size_t width) {
  const std::string fitted = term::Fit(text, width);
  return fitted + std::string(width - term::DisplayWidth(fitted), ' ');
}

}  // namespace

void Tally::Add(const Reading& reading, Time now) {
  ++fates_[static_cast<std::size_t>(reading.fate)];
  Node& node = nodes_[reading.node];
  const bool answered = reading.fate == Fate::kAnswered || reading.fate == Fate::kRefused;
  if (!answered) {
    ++node.missing;
    return;
  }
  node.last = reading;
  ++node.answers;
  rate_.Tick(now);
  if (Right(reading)) {
    ++node.correct;
    ++correct_;
  }
  const auto latency =
      static_cast<std::uint32_t>(std::min<std::uint64_t>(reading.latency_us, UINT32_MAX));
  if (latencies_us_.size() < kLatencies) {
    latencies_us_.push_back(latency);
  } else {
    latencies_us_[next_latency_++ % kLatencies] = latency;
  }
}

double Tally::Accuracy() const {
  return answers() == 0 ? 0 : static_cast<double>(correct_) / static_cast<double>(answers());
}

std::chrono::microseconds Tally::Quantile(double q) const {
  if (latencies_us_.empty()) return {};
  auto sorted = latencies_us_;
  const auto at = sorted.begin() +
                  static_cast<std::ptrdiff_t>(q * static_cast<double>(sorted.size() - 1) + 0.5);
  std::nth_element(sorted.begin(), at, sorted.end());
  return std::chrono::microseconds(*at);
}

std::string Tally::Complaint(std::uint64_t wanted) const {
  for (const auto& node : dead_) return "node " + node + " ended early";
  if (answers() < wanted) {
    return "only " + term::HumanCount(answers()) + " of " + term::HumanCount(wanted) + " answers";
  }
  for (const Fate fate : {Fate::kLost, Fate::kLate, Fate::kUnmatched}) {
    if (Count(fate) > 0) return term::HumanCount(Count(fate)) + " " + std::string(FateName(fate));
  }
  if (Accuracy() < kWantedAccuracy) {
    return "only " + term::HumanPercent(Accuracy()) + " of the answers agree with the ground truth";
  }
  return "";
}

std::string Tally::Render(Time now, const term::Style& style) const {
  term::Table table({{"NODE", Align::kLeft, true},
                     {"GROUND TRUTH"},
                     {"ANSWER", Align::kLeft, true},
                     {"CONF.", Align::kRight},
                     {"LATENCY", Align::kRight},
                     {"COUNT", Align::kRight},
                     {"RIGHT", Align::kRight},
                     {"LOST", Align::kRight}});
  for (const auto& [name, node] : nodes_) {
    const bool any = node.answers > 0;
    const double share =
        any ? static_cast<double>(node.correct) / static_cast<double>(node.answers) : 0;
    table.Row({name,
               node.last.truth,
               AnswerCell(node.last),
               any ? term::HumanPercent(node.last.confidence) : "–",
               any ? Micros(node.last.latency_us) : "–",
               term::HumanCount(node.answers),
               any ? term::HumanPercent(share) : "–",
               {term::HumanCount(node.missing), node.missing == 0 ? Tone::kDim : Tone::kBad}});
  }
  std::string text = table.Render(style);
  if (nodes_.empty()) text += "waiting for the first answer\n";
  const std::string total = Summary() + ", " + term::Fixed(rate_.PerSecond(now), 1) + "/s";
  text += (style.width > 0 ? term::Fit(total, style.width) : total) + "\n";
  for (const auto& node : dead_)
    text += term::Colored("node " + node + " ended early\n", Tone::kBad, style.color);
  return text;
}

std::string Tally::Summary() const {
  std::string text =
      term::HumanCount(answers()) + " answers, " + term::HumanPercent(Accuracy()) + " right";
  if (Count(Fate::kRefused) > 0)
    text += ", " + term::HumanCount(Count(Fate::kRefused)) + " refused";
  for (const Fate fate : {Fate::kLost, Fate::kLate, Fate::kUnmatched}) {
    // With the usual zeros the line would not fit 80 columns.
    if (fate != Fate::kLost && Count(fate) == 0) continue;
    text += ", " + term::HumanCount(Count(fate)) + " " + std::string(FateName(fate));
  }
  return text + ", latency p50 " + term::HumanDuration(Quantile(0.5)) + " p99 " +
         term::HumanDuration(Quantile(0.99));
}

std::string ReadingLine(const Reading& reading, const term::Style& style) {
  const Cell answer = AnswerCell(reading);
  return Pad(reading.node, 10) + "  " + Pad(reading.truth, 14) + "  " +
         term::Colored(Pad(answer.text, 16), answer.tone, style.color) + "  " +
         term::Fixed(reading.confidence, 3) + "  " + Micros(reading.latency_us) + "\n";
}

}  // namespace tinyfog::demo
