// The C library's functions on memory and text for images in which size counts: a seventh of its own. They work by
// words where that is short, which these cores load and store at any address.
  .syntax unified
  .thumb

.macro begin name
  .section .text.\name, "ax", %progbits
  .global \name
  .type \name, %function
  .thumb_func
\name:
.endm
.macro end name
  .size \name, . - \name
.endm

// void* memmove(void* to, const void* from, size_t bytes): backwards where forwards would overwrite what is still to be read.
begin memmove
  subs r3, r0, r1
  cmp r3, r2
  bhs memcpy
1:
  subs r2, r2, #1
  ldrb r3, [r1, r2]
  strb r3, [r0, r2]
  bne 1b
  bx lr
end memmove

// void* memcpy(void* to, const void* from, size_t bytes)
begin memcpy
  mov r12, r0
  subs r2, r2, #4
  blo 2f
1:
  ldr r3, [r1], #4
  str r3, [r12], #4
  subs r2, r2, #4
  bhs 1b
2:
  adds r2, r2, #4
  beq 4f
3:
  ldrb r3, [r1], #1
  strb r3, [r12], #1
  subs r2, r2, #1
  bne 3b
4:
  bx lr
end memcpy

// void* memset(void* to, int value, size_t bytes)
begin memset
  mov r3, r0
  uxtb r1, r1
  orr r1, r1, r1, lsl #8
  orr r1, r1, r1, lsl #16
  subs r2, r2, #4
  blo 2f
1:
  str r1, [r3], #4
  subs r2, r2, #4
  bhs 1b
2:
  adds r2, r2, #4
  beq 4f
3:
  strb r1, [r3], #1
  subs r2, r2, #1
  bne 3b
4:
  bx lr
end memset

// int memcmp(const void* a, const void* b, size_t bytes)
begin memcmp
1:
  subs r2, r2, #1
  blo 2f
  ldrb r3, [r0], #1
  ldrb r12, [r1], #1
  subs r3, r3, r12
  beq 1b
  mov r0, r3
  bx lr
2:
  movs r0, #0
  bx lr
end memcmp

// void* memchr(const void* in, int value, size_t bytes)
begin memchr
  uxtb r1, r1
1:
  subs r2, r2, #1
  blo 2f
  ldrb r3, [r0], #1
  cmp r3, r1
  bne 1b
  subs r0, r0, #1
  bx lr
2:
  movs r0, #0
  bx lr
end memchr

// size_t strlen(const char* text)
begin strlen
  adds r1, r0, #1
1:
  ldrb r2, [r0], #1
  cmp r2, #0
  bne 1b
  subs r0, r0, r1
  bx lr
end strlen
