#include "program.h"

// Executes an undefined instruction: what the fault handler prints and exits with is tested.
namespace tinyfog::board {

std::int32_t Main() {
  asm volatile("udf #0");
  return 0;
}

}  // namespace tinyfog::board
