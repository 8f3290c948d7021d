#include "seed.h"

#include <algorithm>

#include "flash_map.h"
#include "tinyfog/boot/trust.h"

namespace tinyfog::board {
namespace {

// The last two units of the flash hold the seed in turn, so that a reset while one is
// written leaves the other: the valid one with the higher count is the newest.
using Record = wire::SeedRecord;

std::uint32_t PlaceOf(std::uint32_t count) {
  return wire::kSeed + wire::kSeedUnitBytes * (count % 2);
}

bool Load(hal::Flash& flash, std::uint32_t place, Record& record) {
  const std::span<std::uint8_t> bytes(reinterpret_cast<std::uint8_t*>(&record), sizeof(Record));
  return flash.Read(PlaceOf(place), bytes) == Status::kOk && record.magic == Record{}.magic &&
         record.crc == wire::SeedCrc(record) && record.count % 2 == place;
}

Status Store(hal::Flash& flash, const Record& record) {
  constexpr std::size_t kPadded =
      (sizeof(Record) + kFlashProgramBytes - 1) / kFlashProgramBytes * kFlashProgramBytes;
  std::array<std::uint8_t, kPadded> bytes;
  bytes.fill(0xFF);
  std::copy_n(reinterpret_cast<const std::uint8_t*>(&record), sizeof(Record), bytes.begin());
  if (const Status s = flash.Erase(PlaceOf(record.count)); s != Status::kOk) return s;
  return flash.Program(PlaceOf(record.count), bytes);
}

Seed Derive(const Seed& from, std::uint8_t purpose) {
  boot::Hasher hasher;
  hasher.Add(from);
  hasher.Add({&purpose, 1});
  return hasher.Finish();
}

}  // namespace

Status NextSeed(hal::Flash& flash, Seed& seed) {
  Record even, odd;
  const bool has_even = Load(flash, 0, even);
  const bool has_odd = Load(flash, 1, odd);
  if (!has_even && !has_odd) return Status::kNotFound;
  const bool is_even = has_even && (!has_odd || even.count > odd.count);
  const Record& newest = is_even ? even : odd;
  Record next{.count = newest.count + 1, .seed = Derive(newest.seed, 'n')};
  next.crc = wire::SeedCrc(next);
  if (const Status s = Store(flash, next); s != Status::kOk) return s;
  seed = Derive(newest.seed, 'u');
  return Status::kOk;
}

}  // namespace tinyfog::board
