#include "protected_image.h"

#include "board.h"
#include "flash_map.h"
#include "mapped_flash.h"
#include "memory_protection.h"
#include "tinyfog/boot/services.h"

// From the linker script.
extern "C" std::uint32_t _stack_limit;

namespace tinyfog::board {

void ProtectImage() {
  static_assert(kFlashRegion == 0);
  Protect(kFlashRegion, {kFlash, kFlashBytes, Access::kReadOnly, true});
  Protect(1, {kRam, kRamBytes, Access::kReadWrite, false});
  Protect(2, {kRom, kRomBytes, Access::kReadOnly, true});
  GuardNull(boot::kServicesOffset);
  GuardStack(reinterpret_cast<std::uintptr_t>(&_stack_limit));
}

}  // namespace tinyfog::board
