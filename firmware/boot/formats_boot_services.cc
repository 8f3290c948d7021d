#include "tinyfog/boot/services.h"

// Images, logs and the bootloader's state, read and written by the bootloader.
extern "C" const tinyfog::boot::Services _boot_services;  // slot_a.ld says where

namespace tinyfog::boot {
namespace {

hal::Flash& Of(void* flash) { return *static_cast<hal::Flash*>(flash); }

constexpr FlashFunctions kFunctions{
    .geometry = [](void* flash) { return &Of(flash).geometry(); },
    .read =
        [](void* flash, std::uint32_t offset, std::uint8_t* data, std::uint32_t bytes) {
          return static_cast<std::uint32_t>(Of(flash).Read(offset, {data, bytes}));
        },
    .program =
        [](void* flash, std::uint32_t offset, const std::uint8_t* data, std::uint32_t bytes) {
          return static_cast<std::uint32_t>(Of(flash).Program(offset, {data, bytes}));
        },
    .erase =
        [](void* flash, std::uint32_t offset) {
          return static_cast<std::uint32_t>(Of(flash).Erase(offset));
        },
};

}  // namespace

bool ReadHeader(wire::Bytes bytes, std::uint32_t limit, CheckedImage& image) {
  return _boot_services.read_header(bytes.data(), bytes.size(), limit, &image) != 0;
}

bool ReadTlvs(wire::Bytes bytes, CheckedImage& image) {
  return _boot_services.read_tlvs(bytes.data(), bytes.size(), &image) != 0;
}

CheckedImage ReadImage(hal::Flash& flash, std::uint32_t offset, std::uint32_t limit) {
  CheckedImage image;
  _boot_services.read_image(&flash, &kFunctions, offset, limit, &image);
  return image;
}

Status OpenLog(hal::Flash& flash, LogPosition& log, std::span<std::uint8_t> value) {
  return Status(_boot_services.open_log(&flash, &kFunctions, &log, value.data(), value.size()));
}

Status WriteLog(hal::Flash& flash, LogPosition& log, std::span<const std::uint8_t> value) {
  return Status(_boot_services.write_log(&flash, &kFunctions, &log, value.data(), value.size()));
}

Status ReadState(hal::Flash& flash, const Layout& layout, State& state) {
  return Status(_boot_services.read_state(&flash, &kFunctions, &layout, &state));
}

Status RequestUpdate(hal::Flash& flash, const Layout& layout, bool permanent) {
  return Status(_boot_services.request_update(&flash, &kFunctions, &layout, permanent ? 1 : 0));
}

Status ConfirmUpdate(hal::Flash& flash, const Layout& layout) {
  return Status(_boot_services.confirm_update(&flash, &kFunctions, &layout));
}

}  // namespace tinyfog::boot
