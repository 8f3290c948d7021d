/* What one Thumb-2 instruction costs on a Cortex-M4 without wait states; README.md has the rules.
 * Source: Arm, "Cortex-M4 Technical Reference Manual" (DDI0439), processor instruction timings. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct Cost {
  unsigned cycles;
  bool is_branch;   /* when taken, kRefill on top */
  bool is_load;     /* a single load: what follows it may pipeline */
  bool pipelines;   /* one cycle less directly behind a single load ... */
  uint32_t loaded;  /* ... that does not load (a set of registers) ... */
  uint32_t address; /* ... what this one makes its address from; 0: no memory is accessed */
};

enum { kRefill = 2 };

/* Whether the instruction that starts with this halfword has a second one. */
static inline bool IsWide(uint32_t first) { return first >= 0xE800; }

/* `second` is 0 for a narrow instruction. */
struct Cost CostOf(uint32_t first, uint32_t second);
