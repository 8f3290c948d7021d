#include "board.h"
#include "node_parts.h"

// Firmware that tests want to be taken back.
namespace tinyfog::board {
namespace {

// Added up in the build number; what the node of board/host knows as well has the same bit.
constexpr std::uint32_t kMisbehaves = 0xBAD00000, kCrashes = 1, kHangs = 2, kRefusesItself = 4;
constexpr std::uint32_t kWhenOnline = 16;  // the first two: not before the node is online

}  // namespace

bool Behaves(const wire::ImageVersion& version, Moment moment) {
  const std::uint32_t does = version.build ^ kMisbehaves;
  if ((does & 0xFFF00000) != 0) return true;
  if (moment == Moment::kSelfTest) return (does & kRefusesItself) == 0;
  if ((moment == Moment::kOnline) != ((does & kWhenOnline) != 0)) return true;
  if ((does & kCrashes) != 0) *reinterpret_cast<volatile std::uint32_t*>(kRom) = 0;
  while ((does & kHangs) != 0) asm volatile("");
  return true;
}

}  // namespace tinyfog::board
