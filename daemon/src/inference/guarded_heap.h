#pragma once

namespace tinyfog::inference {

/// From now on each operator new of this process gives memory on pages of its own that ends at a
/// page without access, so that an overrun ends the process by SIGSEGV or SIGABRT instead of going
/// unnoticed; so does a use after delete of more than a page. Falls back to malloc when there are
/// very many blocks. False when there are no addresses left, or when the build cannot.
/// Linking this replaces operator new; until GuardHeap is called it is malloc. Call it once.
bool GuardHeap();

/// False in a build with a sanitizer: it has an operator new of its own, and maps more memory than
/// any sensible limit allows.
bool CanGuardHeap();

}  // namespace tinyfog::inference
