#include "tinyfog/term/format.h"

#include <gtest/gtest.h>

#include "tinyfog/term/text.h"

namespace tinyfog::term {
namespace {

using std::chrono::nanoseconds;

TEST(Format, Bytes) {
  EXPECT_EQ(HumanBytes(0), "0 B");
  EXPECT_EQ(HumanBytes(1023), "1,023 B");
  EXPECT_EQ(HumanBytes(1536), "1.5 KiB");
  EXPECT_EQ(HumanBytes(1023 * 1024 + 1000), "1.0 MiB");
  EXPECT_EQ(HumanBytes(45ull << 20), "45 MiB");
  EXPECT_EQ(HumanBytes(~0ull), "16 EiB");
}

TEST(Format, Durations) {
  EXPECT_EQ(HumanDuration(nanoseconds(850)), "850 ns");
  EXPECT_EQ(HumanDuration(nanoseconds(312'400)), "312 µs");
  EXPECT_EQ(HumanDuration(nanoseconds(1'520'000)), "1.52 ms");
  EXPECT_EQ(HumanDuration(nanoseconds(999'600)), "1.00 ms");
  EXPECT_EQ(HumanDuration(nanoseconds(3'400'000'000)), "3.4 s");
  EXPECT_EQ(HumanDuration(std::chrono::seconds(125)), "2 min 5 s");
  EXPECT_EQ(HumanDuration(std::chrono::minutes(192)), "3 h 12 min");
  EXPECT_EQ(HumanDuration(std::chrono::hours(99)), "4 d 3 h");
  EXPECT_EQ(HumanDuration(nanoseconds(-5000)), "-5.00 µs");
}

TEST(Format, CountsAndShares) {
  EXPECT_EQ(HumanCount(7), "7");
  EXPECT_EQ(HumanCount(1234567), "1,234,567");
  EXPECT_EQ(HumanPercent(1), "100.0 %");
  EXPECT_EQ(HumanPercent(0.99999), "99.9 %");
  EXPECT_EQ(HumanPercent(0.954), "95.4 %");
}

TEST(Format, ProgressBarNeverExceedsItsColumns) {
  EXPECT_EQ(ProgressBar(512, 1024, 45), "[=========>         ]  50 %  512 B of 1.0 KiB");
  for (std::size_t columns = 1; columns < 100; ++columns) {
    for (std::uint64_t done : {0ull, 1ull, 700ull, 1024ull, 5000ull}) {
      EXPECT_LE(DisplayWidth(ProgressBar(done, 1024, columns)), columns);
    }
  }
  EXPECT_NE(ProgressBar(0, 0, 80).find("100 %"), std::string::npos);
}

}  // namespace
}  // namespace tinyfog::term
