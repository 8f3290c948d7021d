#include "cost.h"

enum { kSp = 13, kPc = 15, kDivide = 7, kFloatDivide = 14, kFloatMac = 3 };

static uint32_t Bits(uint32_t word, int high, int low) {
  return (word >> low) & ((1u << (high - low + 1)) - 1);
}
static uint32_t Bit(uint32_t word, int bit) { return (word >> bit) & 1; }

static struct Cost Plain(unsigned cycles) { return (struct Cost){.cycles = cycles}; }
static struct Cost Branch(unsigned cycles) {
  return (struct Cost){.cycles = cycles, .is_branch = true};
}

static struct Cost Load(uint32_t target, uint32_t address) {
  if (target == kPc) return (struct Cost){.cycles = 2, .is_branch = true, .address = address};
  return (struct Cost){
      .cycles = 2, .is_load = true, .pipelines = true, .loaded = 1u << target, .address = address};
}

static struct Cost Store(uint32_t address, bool register_offset) {
  return (struct Cost){
      .cycles = register_offset ? 2 : 1, .pipelines = register_offset, .address = address};
}

static struct Cost Multiple(bool load, uint32_t registers, uint32_t base) {
  return (struct Cost){.cycles = 1 + (unsigned)__builtin_popcount(registers),
                       .is_branch = load && Bit(registers, kPc),
                       .address = 1u << base};
}

/* 0x4400-0x47FF: ADD, CMP, MOV with high registers, BX, BLX. */
static struct Cost HighRegisters(uint32_t w) {
  const uint32_t operation = Bits(w, 9, 8), target = Bits(w, 2, 0) | Bit(w, 7) << 3;
  const bool is_compare = operation == 1;
  if (operation == 3 || (!is_compare && target == kPc)) return Branch(1);
  return Plain(1);
}

/* 0xB000-0xBFFF. */
static struct Cost Miscellaneous(uint32_t w) {
  if ((w & 0xF500) == 0xB100) return Branch(1); /* CBZ, CBNZ */
  if ((w & 0xFE00) == 0xB400) return Multiple(false, (w & 0xFF) | Bit(w, 8) << 14, kSp);
  if ((w & 0xFE00) == 0xBC00) return Multiple(true, (w & 0xFF) | Bit(w, 8) << 15, kSp);
  return Plain(1); /* IT among them */
}

static struct Cost Narrow(uint32_t w) {
  if (w < 0x4400) return Plain(1);
  if (w < 0x4800) return HighRegisters(w);
  if (w < 0x5000) return Load(Bits(w, 10, 8), 1u << kPc);
  if (w < 0x6000) {
    const uint32_t address = 1u << Bits(w, 8, 6) | 1u << Bits(w, 5, 3);
    return Bits(w, 11, 9) < 3 ? Store(address, true) : Load(Bits(w, 2, 0), address);
  }
  if (w < 0x9000) {
    const uint32_t address = 1u << Bits(w, 5, 3);
    return Bit(w, 11) ? Load(Bits(w, 2, 0), address) : Store(address, false);
  }
  if (w < 0xA000) return Bit(w, 11) ? Load(Bits(w, 10, 8), 1u << kSp) : Store(1u << kSp, false);
  if (w < 0xB000) return Plain(1);
  if (w < 0xC000) return Miscellaneous(w);
  if (w < 0xD000) return Multiple(Bit(w, 11), w & 0xFF, Bits(w, 10, 8));
  if (w < 0xE000) return Bits(w, 11, 8) >= 14 ? Plain(1) : Branch(1);
  return Branch(1);
}

/* 0xE840 and what is like it: table branches, exclusives, LDRD, STRD. */
static struct Cost DoubleOrTable(uint32_t a, uint32_t b) {
  const uint32_t base = Bits(a, 3, 0), kind = Bits(a, 8, 7), sub = Bits(a, 5, 4);
  if (kind == 1 && sub == 1 && Bits(b, 7, 5) == 0) { /* TBB, TBH */
    struct Cost cost = Branch(2);
    cost.address = 1u << base | 1u << Bits(b, 3, 0);
    return cost;
  }
  if (kind < 2 && sub < 2) return Load(Bits(b, 15, 12), 1u << base); /* exclusives */
  return (struct Cost){.cycles = 3, .address = 1u << base};
}

/* 0xEC00 and up: the floating-point unit. */
static struct Cost Float(uint32_t a, uint32_t b) {
  if ((a & 0xFE00) == 0xEC00) {
    const bool indexed = Bit(a, 8), up = Bit(a, 7), writes_back = Bit(a, 5);
    if (!indexed && !up && !writes_back) return Plain(2); /* VMOV of two core registers */
    const unsigned words = indexed && !writes_back ? 1 + Bit(b, 8) : b & 0xFF;
    return (struct Cost){.cycles = 1 + words, .address = 1u << Bits(a, 3, 0)};
  }
  if ((a & 0xFF00) != 0xEE00 || Bit(b, 4)) return Plain(1); /* VMOV, VMRS */
  const uint32_t operation = Bits(a, 7, 4) & 0xB;
  const bool is_root = operation == 11 && Bits(a, 3, 0) == 1 && (b & 0xC0) == 0xC0;
  if (operation == 8 || is_root) return Plain(kFloatDivide);
  const bool is_mac = operation < 2 || operation == 9 || operation == 10;
  return Plain(is_mac ? kFloatMac : 1);
}

/* 0xF800-0xF9FF: single loads and stores. */
static struct Cost Single(uint32_t a, uint32_t b) {
  const uint32_t base = Bits(a, 3, 0), target = Bits(b, 15, 12);
  const bool register_offset = !Bit(a, 7) && base != kPc && !Bit(b, 11);
  const uint32_t address = 1u << base | (register_offset ? 1u << Bits(b, 3, 0) : 0);
  if (!Bit(a, 4)) return Store(address, register_offset);
  if (target == kPc && Bits(a, 6, 5) != 2) return Plain(1); /* preload hint */
  return Load(target, address);
}

static struct Cost Wide(uint32_t a, uint32_t b) {
  if ((a & 0xFE40) == 0xE800) return Multiple(Bit(a, 4), b, Bits(a, 3, 0));
  if ((a & 0xFE40) == 0xE840) return DoubleOrTable(a, b);
  if ((a & 0xFE00) == 0xEA00) return Plain(1);
  if ((a & 0xEC00) == 0xEC00) return Float(a, b);
  if ((a & 0xF800) == 0xF000 && Bit(b, 15)) {
    const bool is_conditional = !Bit(b, 14) && !Bit(b, 12);
    const bool is_system = is_conditional && Bits(a, 9, 7) == 7;
    return is_system ? Plain(1) : Branch(1);
  }
  if ((a & 0xFE00) == 0xF800) return Single(a, b);
  if ((a & 0xFF80) == 0xFB80 && (Bits(a, 6, 4) == 1 || Bits(a, 6, 4) == 3)) return Plain(kDivide);
  return Plain(1);
}

struct Cost CostOf(uint32_t first, uint32_t second) {
  return IsWide(first) ? Wide(first, second) : Narrow(first);
}
