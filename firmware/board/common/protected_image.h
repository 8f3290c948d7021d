#pragma once

namespace tinyfog::board {

/// For firmware under the bootloader, first of all: memory does what it is for and nothing else.
/// Flash cannot be written (but through MappedFlash), RAM not be executed, the bootloader's memory
/// not be written (its services run there; before them, on Armv7-M: not be touched), and the stack
/// not grow beyond its 8 KB.
void ProtectImage();

}  // namespace tinyfog::board
