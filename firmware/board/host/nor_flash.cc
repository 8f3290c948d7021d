#include "nor_flash.h"

#include <algorithm>

namespace tinyfog::board {

NorFlash::NorFlash(hal::FlashGeometry geometry)
    : geometry_(geometry),
      bytes_(geometry.size, 0xFF),
      erased_(geometry.size / geometry.program, 1),
      wear_(geometry.size / geometry.erase) {}

Status NorFlash::Breach(Status status, const char* what, std::uint32_t offset) {
  if (violation_.empty()) violation_ = std::string(what) + " at " + std::to_string(offset);
  return status;
}

std::uint32_t NorFlash::Random() {
  random_ ^= random_ << 13;
  random_ ^= random_ >> 17;
  random_ ^= random_ << 5;
  return random_;
}

void NorFlash::CutAfter(std::uint64_t operations, std::uint32_t seed) {
  cut_at_ = operations_ + operations;
  random_ = seed * 2654435761u | 1;
}

void NorFlash::PowerUp() {
  has_power_ = true;
  cut_at_ = UINT64_MAX;
}

// Whether the operation goes through.
bool NorFlash::Begin() {
  if (operations_++ == cut_at_) has_power_ = false;
  return has_power_;
}

// Nothing, everything, or any bits between.
void NorFlash::Tear(std::span<std::uint8_t> unit, std::span<const std::uint8_t> wanted) {
  const std::uint32_t how = Random() % 4;
  for (std::size_t i = 0; i < unit.size(); ++i) {
    const std::uint32_t mask = how == 0 ? 0 : how == 1 ? 0xFF : Random() >> 8 & 0xFF;
    unit[i] = static_cast<std::uint8_t>((unit[i] & ~mask) | (wanted[i] & mask));
  }
}

Status NorFlash::Read(std::uint32_t offset, std::span<std::uint8_t> bytes) {
  if (offset > geometry_.size || bytes.size() > geometry_.size - offset) {
    return Breach(Status::kOutOfRange, "read behind the end", offset);
  }
  if (!has_power_) return Status::kUnavailable;
  std::copy_n(bytes_.begin() + offset, bytes.size(), bytes.begin());
  return Status::kOk;
}

Status NorFlash::Program(std::uint32_t offset, std::span<const std::uint8_t> bytes) {
  if (offset % geometry_.program != 0 || bytes.size() % geometry_.program != 0) {
    return Breach(Status::kInvalidArgument, "programming of part of a unit", offset);
  }
  if (offset > geometry_.size || bytes.size() > geometry_.size - offset) {
    return Breach(Status::kOutOfRange, "programming behind the end", offset);
  }
  for (std::size_t i = 0; i < bytes.size(); i += geometry_.program) {
    const std::uint32_t at = offset + static_cast<std::uint32_t>(i);
    if (!has_power_) return Status::kUnavailable;
    if (erased_[at / geometry_.program] == 0) {
      return Breach(Status::kFailedPrecondition, "programming of a unit that is not erased", at);
    }
    erased_[at / geometry_.program] = 0;
    const std::span unit(&bytes_[at], geometry_.program);
    if (!Begin()) {
      Tear(unit, bytes.subspan(i, geometry_.program));
      return Status::kUnavailable;
    }
    std::copy_n(bytes.begin() + static_cast<std::ptrdiff_t>(i), unit.size(), unit.begin());
  }
  return Status::kOk;
}

Status NorFlash::Erase(std::uint32_t offset) {
  if (offset % geometry_.erase != 0) {
    return Breach(Status::kInvalidArgument, "erasing of part of a unit", offset);
  }
  if (offset >= geometry_.size) {
    return Breach(Status::kOutOfRange, "erasing behind the end", offset);
  }
  if (!has_power_) return Status::kUnavailable;
  const std::span unit(&bytes_[offset], geometry_.erase);
  const auto first = erased_.begin() + offset / geometry_.program;
  const bool done = Begin();
  ++wear_[offset / geometry_.erase];
  std::fill_n(first, geometry_.erase / geometry_.program, done ? 1 : 0);
  if (done) {
    std::fill(unit.begin(), unit.end(), 0xFF);
    return Status::kOk;
  }
  Tear(unit, std::vector<std::uint8_t>(unit.size(), 0xFF));
  return Status::kUnavailable;
}

}  // namespace tinyfog::board
