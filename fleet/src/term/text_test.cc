#include "tinyfog/term/text.h"

#include <gtest/gtest.h>

namespace tinyfog::term {
namespace {

TEST(Printable, KeepsUtf8AndReplacesTheRest) {
  EXPECT_EQ(Printable("motor µs 温度"), "motor µs 温度");
  EXPECT_EQ(Printable("a\x1b[31mb\n"), "a�[31mb�");
  EXPECT_EQ(Printable("\xC3"), "�");            // cut off
  EXPECT_EQ(Printable("\xC0\xAF"), "��");       // overlong
  EXPECT_EQ(Printable("\xED\xA0\x80"), "���");  // surrogate
  EXPECT_EQ(Printable("\xC2\x9B"), "�");        // C1 control
  EXPECT_EQ(Printable("a\xE2\x80\xAE"
                      "b"),
            "a�b");  // right-to-left override
}

TEST(DisplayWidth, CountsColumnsNotBytes) {
  EXPECT_EQ(DisplayWidth("abc"), 3u);
  EXPECT_EQ(DisplayWidth("µs"), 2u);
  EXPECT_EQ(DisplayWidth("温度"), 4u);
  EXPECT_EQ(DisplayWidth("e\xCC\x81"), 1u);  // combining acute
  EXPECT_EQ(DisplayWidth("\xFF"), 1u);
}

TEST(Fit, ShortensAtCharacterBoundaries) {
  EXPECT_EQ(Fit("abcdef", 6), "abcdef");
  EXPECT_EQ(Fit("abcdef", 4), "abc…");
  EXPECT_EQ(Fit("温度计", 4), "温…");
  EXPECT_EQ(Fit("abc", 0), "");
  EXPECT_EQ(Fit("abc", 1), "…");
}

TEST(EditDistance, CountsEditsAndSwaps) {
  EXPECT_EQ(EditDistance("motor", "motor"), 0u);
  EXPECT_EQ(EditDistance("motor", "mtoor"), 1u);
  EXPECT_EQ(EditDistance("motor", "rotors"), 2u);
  EXPECT_EQ(EditDistance("", "abc"), 3u);
}

}  // namespace
}  // namespace tinyfog::term
