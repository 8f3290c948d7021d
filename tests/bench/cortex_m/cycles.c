/* QEMU plugin: instructions executed between two marker functions, and their modelled Cortex-M4
 * cycles.
 *
 *   -plugin cycles.so,begin=ADDRESS,end=ADDRESS[,profile=FILE]
 *
 * Prints "interval N instructions I cycles C" whenever the function at `end` is entered after the
 * one at `begin`. `profile`: each instruction of the last interval as "address count cycles". */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cost.h"
#include "qemu_plugin.h"

PLUGIN_EXPORT int qemu_plugin_version = 1;

enum Mark { kNone, kBegin, kEnd };

/* One translated block: a straight run of instructions. */
struct Block {
  struct Block* next;
  uint32_t start, end; /* address, and that of what follows when no branch is taken */
  enum Mark mark;
  unsigned count;
  unsigned cycles; /* of one pass, no branch taken */
  bool head_pipelines, tail_is_load, tail_is_branch;
  uint32_t head_address, tail_loaded; /* registers */
  uint64_t passes, taken, pipelined;
  uint64_t passes_before, taken_before, pipelined_before; /* when the interval began */
  unsigned cost[];                                        /* of each instruction */
};

struct Total {
  uint64_t instructions, cycles;
};

static struct Block *blocks, *previous;
static uint64_t begin_address, end_address, unaligned_cycles;
static const char* profile;
static struct Total at_begin;
static bool counting;
static int interval;

static struct Total Sum(void) {
  struct Total total = {0, unaligned_cycles};
  for (const struct Block* b = blocks; b != NULL; b = b->next) {
    total.instructions += b->passes * b->count;
    total.cycles += b->passes * b->cycles + b->taken * kRefill - b->pipelined;
  }
  return total;
}

static void WriteProfile(void) {
  FILE* file = fopen(profile, "w");
  if (file == NULL) return;
  for (const struct Block* b = blocks; b != NULL; b = b->next) {
    const uint64_t passes = b->passes - b->passes_before;
    uint32_t address = b->start;
    for (unsigned i = 0; passes != 0 && i < b->count; ++i) {
      uint64_t cycles = passes * (b->cost[i] & 0xFF);
      if (i == 0) cycles -= b->pipelined - b->pipelined_before;
      if (i + 1 == b->count) cycles += (b->taken - b->taken_before) * kRefill;
      fprintf(file, "%" PRIx32 " %" PRIu64 " %" PRIu64 "\n", address, passes, cycles);
      address += b->cost[i] >> 8;
    }
  }
  fclose(file);
}

static void Begin(void) {
  at_begin = Sum();
  counting = true;
  for (struct Block* b = blocks; b != NULL; b = b->next) {
    b->passes_before = b->passes;
    b->taken_before = b->taken;
    b->pipelined_before = b->pipelined;
  }
}

static void End(void) {
  const struct Total now = Sum();
  if (!counting) return;
  counting = false;
  printf("interval %d instructions %" PRIu64 " cycles %" PRIu64 "\n", interval++,
         now.instructions - at_begin.instructions, now.cycles - at_begin.cycles);
  fflush(stdout);
  if (profile != NULL) WriteProfile();
}

static void OnExecute(unsigned int cpu, void* data) {
  (void)cpu;
  struct Block* block = data;
  if (previous != NULL && previous->tail_is_branch) {
    previous->taken += block->start != previous->end;
  } else if (previous != NULL && previous->tail_is_load && block->head_pipelines &&
             (block->head_address & previous->tail_loaded) == 0) {
    ++block->pipelined;
  }
  ++block->passes;
  previous = block;
  if (block->mark == kBegin) Begin();
  if (block->mark == kEnd) End();
}

static void OnMemory(unsigned int cpu, qemu_plugin_meminfo_t info, uint64_t address, void* data) {
  (void)cpu;
  (void)data;
  const unsigned shift = qemu_plugin_mem_size_shift(info);
  if (shift == 1) unaligned_cycles += address & 1;
  if (shift == 2 && (address & 3) != 0) unaligned_cycles += (address & 1) ? 2 : 1;
}

static struct Cost CostOfInstruction(const struct qemu_plugin_insn* instruction, unsigned* size) {
  const uint8_t* bytes = qemu_plugin_insn_data(instruction);
  const uint32_t first = bytes[0] | (uint32_t)bytes[1] << 8;
  /* The size that QEMU reports can include look-ahead at the end of a page. */
  *size = IsWide(first) ? 4 : 2;
  return CostOf(first, *size == 4 ? bytes[2] | (uint32_t)bytes[3] << 8 : 0);
}

static void OnTranslate(qemu_plugin_id_t id, struct qemu_plugin_tb* tb) {
  (void)id;
  const size_t count = qemu_plugin_tb_n_insns(tb);
  struct Block* block = calloc(1, sizeof *block + count * sizeof block->cost[0]);
  block->start = (uint32_t)qemu_plugin_tb_vaddr(tb);
  block->count = (unsigned)count;
  if (block->start == begin_address) block->mark = kBegin;
  if (block->start == end_address) block->mark = kEnd;
  struct Cost last = {0};
  for (size_t i = 0; i < count; ++i) {
    struct qemu_plugin_insn* instruction = qemu_plugin_tb_get_insn(tb, i);
    unsigned size;
    const struct Cost cost = CostOfInstruction(instruction, &size);
    const bool pipelined =
        i != 0 && last.is_load && cost.pipelines && (cost.address & last.loaded) == 0;
    block->cost[i] = (cost.cycles - pipelined) | size << 8;
    block->cycles += cost.cycles - pipelined;
    if (i == 0) {
      block->head_pipelines = cost.pipelines;
      block->head_address = cost.address;
    }
    if (cost.address != 0) {
      qemu_plugin_register_vcpu_mem_cb(instruction, OnMemory, QEMU_PLUGIN_CB_NO_REGS,
                                       QEMU_PLUGIN_MEM_RW, NULL);
    }
    block->end = (uint32_t)qemu_plugin_insn_vaddr(instruction) + size;
    last = cost;
  }
  block->tail_is_load = last.is_load;
  block->tail_is_branch = last.is_branch;
  block->tail_loaded = last.loaded;
  block->next = blocks;
  blocks = block;
  qemu_plugin_register_vcpu_tb_exec_cb(tb, OnExecute, QEMU_PLUGIN_CB_NO_REGS, block);
}

int qemu_plugin_install(qemu_plugin_id_t id, const qemu_info_t* info, int argc, char** argv) {
  (void)info;
  for (int i = 0; i < argc; ++i) {
    char* value = strchr(argv[i], '=');
    if (value == NULL) return -1;
    *value++ = '\0';
    if (strcmp(argv[i], "begin") == 0) {
      begin_address = strtoul(value, NULL, 0) & ~1ul;
    } else if (strcmp(argv[i], "end") == 0) {
      end_address = strtoul(value, NULL, 0) & ~1ul;
    } else if (strcmp(argv[i], "profile") == 0) {
      profile = strdup(value);
    } else {
      fprintf(stderr, "cycles: unknown argument %s\n", argv[i]);
      return -1;
    }
  }
  qemu_plugin_register_vcpu_tb_trans_cb(id, OnTranslate);
  return 0;
}
