#include "swap.h"

#include <algorithm>

namespace tinyfog::boot {
namespace {

bool IsErased(std::span<const std::uint8_t> bytes) {
  return std::all_of(bytes.begin(), bytes.end(), [](std::uint8_t b) { return b == 0xFF; });
}

Status CopyUnit(hal::Flash& flash, std::uint32_t from, std::uint32_t to) {
  const hal::FlashGeometry& geometry = flash.geometry();
  if (const Status erased = flash.Erase(to); erased != Status::kOk) return erased;
  std::uint8_t buffer[256];
  const std::uint32_t piece = std::min<std::uint32_t>(sizeof buffer, geometry.erase);
  for (std::uint32_t done = 0; done < geometry.erase; done += piece) {
    const std::span bytes(buffer, piece);
    if (const Status read = flash.Read(from + done, bytes); read != Status::kOk) return read;
    if (IsErased(bytes)) continue;
    const Status programmed = flash.Program(to + done, bytes);
    if (programmed != Status::kOk) return programmed;
  }
  return Status::kOk;
}

}  // namespace

std::uint32_t UnitsOf(const hal::Flash& flash, std::uint32_t bytes) {
  const std::uint32_t unit = flash.geometry().erase;
  return bytes / unit + (bytes % unit != 0 ? 1 : 0);
}

Status Swap(hal::Flash& flash, const Layout& layout, StateStore& store) {
  const std::uint32_t unit = flash.geometry().erase;
  State state = store.state();
  if (state.units > layout.slot_bytes / unit) return Status::kDataLoss;
  while (state.step < 3 * state.units) {
    const std::uint32_t offset = state.step / 3 * unit;
    const std::uint32_t a = layout.slot_a + offset, b = layout.slot_b + offset;
    const Status copied = state.step % 3 == 0   ? CopyUnit(flash, a, layout.scratch)
                          : state.step % 3 == 1 ? CopyUnit(flash, b, a)
                                                : CopyUnit(flash, layout.scratch, b);
    if (copied != Status::kOk) return copied;
    ++state.step;
    if (const Status written = store.Write(state); written != Status::kOk) return written;
  }
  return Status::kOk;
}

}  // namespace tinyfog::boot
