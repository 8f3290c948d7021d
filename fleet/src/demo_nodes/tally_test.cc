#include "tally.h"

#include <gtest/gtest.h>

namespace tinyfog::demo {
namespace {

Reading Answered(const std::string& truth, const std::string& answer) {
  return {"motor-1", 1, truth, answer, 0.984, 1520, Fate::kAnswered};
}

Reading With(Fate fate) { return {"motor-2", 1, "normal", "", 0, 5'000'000, fate}; }

TEST(Tally, PassesWithEnoughRightAnswers) {
  Tally tally;
  for (int i = 0; i < 95; ++i) tally.Add(Answered("normal", "normal"), {});
  EXPECT_EQ(tally.Complaint(95), "");
  EXPECT_EQ(tally.Complaint(96), "only 95 of 96 answers");
  for (int i = 0; i < 5; ++i) tally.Add(Answered("normal", "imbalance"), {});
  EXPECT_EQ(tally.Complaint(100), "");
  tally.Add(Answered("normal", "imbalance"), {});
  EXPECT_EQ(tally.Complaint(100), "only 94.1 % of the answers agree with the ground truth");
}

TEST(Tally, AnythingMissingFails) {
  for (const Fate fate : {Fate::kLost, Fate::kLate, Fate::kUnmatched}) {
    Tally tally;
    for (int i = 0; i < 100; ++i) tally.Add(Answered("normal", "normal"), {});
    tally.Add(With(fate), {});
    EXPECT_EQ(tally.answers(), 100u);
    EXPECT_EQ(tally.Complaint(100), "1 " + std::string(FateName(fate)));
  }
  Tally refused;
  for (int i = 0; i < 9; ++i) refused.Add(Answered("normal", "normal"), {});
  refused.Add(With(Fate::kRefused), {});
  EXPECT_EQ(refused.Complaint(10), "only 90.0 % of the answers agree with the ground truth");
  Tally dead;
  dead.Add(Answered("normal", "normal"), {});
  dead.AddDeadNode("motor-3");
  EXPECT_EQ(dead.Complaint(1), "node motor-3 ended early");
}

TEST(Tally, TableShowsTruthAnswerConfidenceAndLatency) {
  Tally tally;
  tally.Add(Answered("bearing-fault", "bearing-fault"), {});
  tally.Add(With(Fate::kLost), {});
  const std::string text = tally.Render({}, {});
  EXPECT_TRUE(text.starts_with(
      "NODE     GROUND TRUTH   ANSWER          CONF.  LATENCY  COUNT    RIGHT  LOST\n"
      "motor-1  bearing-fault  bearing-fault  98.4 %  1.52 ms      1  100.0 %     0\n"
      "motor-2                                     –        –      0        –     1\n"
      "1 answers, 100.0 % right, 1 lost, latency p50 1.52 ms"))
      << text;
}

TEST(Reading, SurvivesItsLine) {
  const Reading reading{"motor \"1\"\x1b", 7, "normal", "looseness", 0.5, 312, Fate::kLate};
  const auto back = ParseReading(WriteReading(reading));
  ASSERT_TRUE(back.ok()) << back.error().message;
  EXPECT_EQ(*back, reading);
  for (const char* line : {"", "{}", "[1]", "{\"node\":1}", "nonsense"}) {
    EXPECT_FALSE(ParseReading(line).ok()) << line;
  }
}

}  // namespace
}  // namespace tinyfog::demo
