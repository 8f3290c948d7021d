#include "tinyfog/term/table.h"

#include <gtest/gtest.h>

#include <sstream>

#include "tinyfog/term/text.h"

namespace tinyfog::term {
namespace {

using Align = Column::Align;

TEST(Table, AlignsByDisplayWidth) {
  Table table({{"NODE"}, {"LATENCY", Align::kRight}, {"NOTE"}});
  table.Row({"pumpe-ä", "312 µs", "ok"});
  table.Row({"温度", "1.5 ms"});
  EXPECT_EQ(table.Render({}),
            "NODE     LATENCY  NOTE\n"
            "pumpe-ä   312 µs  ok\n"
            "温度      1.5 ms\n");
}

TEST(Table, NoLineIsWiderThanTheTerminal) {
  Table table(
      {{"NAME", Align::kLeft, true}, {"COUNT", Align::kRight}, {"REASON", Align::kLeft, true}});
  table.Row({"a-model-with-a-long-name", "1,000,000", "the file is 温度 not a model at all"});
  for (std::size_t width = 1; width < 80; ++width) {
    std::istringstream lines(table.Render({width, false}));
    for (std::string line; std::getline(lines, line);)
      EXPECT_LE(DisplayWidth(line), width) << width;
  }
}

TEST(Table, ColorsDoNotMoveColumns) {
  Table table({{"S"}, {"T"}});
  table.Row({Cell("ok", Tone::kGood), "x"});
  EXPECT_EQ(table.Render({0, true}), "\x1b[1mS\x1b[0m   \x1b[1mT\x1b[0m\n\x1b[32mok\x1b[0m  x\n");
}

TEST(Table, HostileCellsStayInTheirCell) {
  Table table({{"N"}});
  table.Row({"a\x1b[2J\nb"});
  EXPECT_EQ(table.Render({}), "N\na�[2J�b\n");
}

TEST(Pairs, AlignsValues) {
  EXPECT_EQ(Pairs({{"site", "demo"}, {"version", "1"}}, {}), "site:     demo\nversion:  1\n");
}

}  // namespace
}  // namespace tinyfog::term
