#include "board.h"
#include "node_parts.h"

// Firmware that tests want to be taken back.
namespace tinyfog::board {
namespace {

// Bits of the build number.
constexpr std::uint32_t kCrashes = 1, kHangs = 2, kRefusesItself = 4;
constexpr std::uint32_t kWhenOnline = 8;  // the first two: not before the node is online

}  // namespace

bool Behaves(const wire::ImageVersion& version, Moment moment) {
  const std::uint32_t does = version.build;
  if (moment == Moment::kSelfTest) return (does & kRefusesItself) == 0;
  if ((moment == Moment::kOnline) != ((does & kWhenOnline) != 0)) return true;
  if ((does & kCrashes) != 0) *reinterpret_cast<volatile std::uint32_t*>(kRom) = 0;
  while ((does & kHangs) != 0) asm volatile("");
  return true;
}

}  // namespace tinyfog::board
