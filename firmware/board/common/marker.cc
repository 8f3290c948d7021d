#include "marker.h"

extern "C" {
// Different bodies: a linker may fold equal ones.
[[gnu::noinline, gnu::used]] void MarkBegin() { asm volatile("nop"); }
[[gnu::noinline, gnu::used]] void MarkEnd() { asm volatile("nop\n nop"); }
}
