#include "report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "random_graph_for_test.h"
#include "svg.h"

namespace tinyfog::compile {
namespace {

using testing::HasSubstr;

int CountOf(const std::string& text, const std::string& word) {
  int count = 0;
  for (std::size_t at = text.find(word); at != std::string::npos; at = text.find(word, at + 1)) {
    ++count;
  }
  return count;
}

TEST(Report, BuffersLieInTheArenaAndExplainItsSize) {
  for (std::uint32_t seed = 1; seed < 40; ++seed) {
    const auto compiled = Compile(RandomGraph(seed), {.target = nn::Target::kCortexMHelium});
    ASSERT_TRUE(compiled.ok());
    std::uint64_t top = 0;
    for (const ArenaBuffer& buffer : compiled->buffers) {
      EXPECT_LE(buffer.first, buffer.last);
      EXPECT_FALSE(buffer.name.empty());
      top = std::max(top, (buffer.offset + buffer.bytes + 15) / 16 * 16);
    }
    EXPECT_EQ(top, compiled->arena_bytes) << "seed " << seed;
  }
}

TEST(Report, StepsHaveWorkWeightsAndAnEstimate) {
  const auto compiled = Compile(RandomGraph(3));
  ASSERT_TRUE(compiled.ok());
  for (const StepReport& step : compiled->steps) {
    EXPECT_GT(step.instructions, 0u);
    EXPECT_GT(step.live_bytes, 0u);
    EXPECT_EQ(step.macs > 0, step.weights > 0) << step.op;
  }
  EXPECT_THAT(ReportText(*compiled, {}), HasSubstr("softmax_int8"));
  EXPECT_THAT(ReportJson(*compiled), HasSubstr("\"estimated_instructions\""));
}

TEST(Svg, HasARectangleForEachBufferAndEscapesNames) {
  auto compiled = Compile(RandomGraph(3)).value();
  compiled.buffers[0].name = "a<b&c";
  const std::string svg = ArenaSvg(compiled);
  // Beside the buffers: the background and the mark of the peak.
  EXPECT_EQ(CountOf(svg, "<rect"), static_cast<int>(compiled.buffers.size()) + 2);
  EXPECT_THAT(svg, HasSubstr("a&lt;b&amp;c"));
  EXPECT_THAT(svg, HasSubstr("peak: step"));
  EXPECT_EQ(CountOf(svg, "<text"), CountOf(svg, "</text>"));
}

}  // namespace
}  // namespace tinyfog::compile
