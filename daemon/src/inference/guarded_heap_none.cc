#include "guarded_heap.h"

namespace tinyfog::inference {

bool GuardHeap() { return false; }
bool CanGuardHeap() { return false; }

}  // namespace tinyfog::inference
