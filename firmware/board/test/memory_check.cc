#include <array>
#include <cstdint>
#include <cstring>

#include "print.h"
#include "program.h"

// small_memory.S for every alignment, many lengths and every overlap, beside loops over bytes.
namespace tinyfog::board {
namespace {

constexpr std::size_t kRoom = 64, kLongest = 24, kPlaces = 8;
using Bytes = std::array<std::uint8_t, kRoom>;

Bytes Pattern(std::uint32_t seed) {
  Bytes bytes;
  for (std::uint8_t& byte : bytes)
    byte = static_cast<std::uint8_t>((seed = seed * 1664525 + 1013904223) >> 24);
  return bytes;
}

bool IsSame(const Bytes& a, const Bytes& b) {
  for (std::size_t i = 0; i < kRoom; ++i) {
    if (a[i] != b[i]) return false;
  }
  return true;
}

bool Copies(std::size_t to, std::size_t from, std::size_t bytes) {
  const Bytes source = Pattern(1);
  Bytes got = Pattern(2), wanted = got;
  for (std::size_t i = 0; i < bytes; ++i) wanted[to + i] = source[from + i];
  return std::memcpy(&got[to], &source[from], bytes) == &got[to] && IsSame(got, wanted);
}

bool Moves(std::size_t to, std::size_t from, std::size_t bytes) {
  const Bytes before = Pattern(3);
  Bytes got = before, wanted = before;
  for (std::size_t i = 0; i < bytes; ++i) wanted[to + i] = before[from + i];
  return std::memmove(&got[to], &got[from], bytes) == &got[to] && IsSame(got, wanted);
}

bool Sets(std::size_t to, std::size_t bytes) {
  Bytes got = Pattern(4), wanted = got;
  for (std::size_t i = 0; i < bytes; ++i) wanted[to + i] = 0xA5;
  return std::memset(&got[to], 0x3A5, bytes) == &got[to] && IsSame(got, wanted);
}

// The byte `at` is the first that is greater, and the only 0 of a text.
bool Finds(std::size_t from, std::size_t at, std::size_t bytes) {
  Bytes a, b;
  a.fill(0x7F);
  b.fill(0x7F);
  b[from + at] = 0x80;
  const bool inside = at < bytes;
  const int order = std::memcmp(&b[from], &a[from], bytes);
  if (inside ? order <= 0 : order != 0) return false;
  if (inside && std::memcmp(&a[from], &b[from], bytes) >= 0) return false;
  if (std::memchr(&b[from], 0x180, bytes) != (inside ? &b[from + at] : nullptr)) return false;
  a[from + at] = 0;
  return std::strlen(reinterpret_cast<const char*>(&a[from])) == at;
}

bool AllIsWell() {
  bool good = true;
  for (std::size_t bytes = 0; bytes <= kLongest; ++bytes) {
    for (std::size_t to = 0; to < kPlaces; ++to) {
      good = good && Sets(to, bytes);
      for (std::size_t from = 0; from < kPlaces; ++from) {
        good = good && Copies(to, from, bytes) && Moves(to, from, bytes);
      }
      for (std::size_t at = 0; at <= kLongest; ++at) good = good && Finds(to, at, bytes);
    }
  }
  return good;
}

}  // namespace

std::int32_t Main() {
  if (AllIsWell()) return 0;
  Print("a function of small_memory.S is wrong\n");
  return 1;
}

}  // namespace tinyfog::board
