#include "tinyfog/boot/services.h"

// For images that ask nothing of the bootloader.
namespace tinyfog::boot {

bool HasServices() { return true; }

}  // namespace tinyfog::boot
