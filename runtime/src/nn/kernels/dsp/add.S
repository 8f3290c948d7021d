/* Sums of two int8 arrays. */
#include "requantise.inc"

/* void tinyfog_dsp_add(const DspAdd*)
 * r0 a, r1 b, r2 output, r3 a's factor, r4 bias, r5 multiplier, r6 half, r7 shift, r8 b's bias, r9 multiplier, r10 rounding,
 * r11 exponent of the output */
    function tinyfog_dsp_add
    push.w {r4-r11, lr}
    sub.w sp, sp, #12
    ldr.w r12, [r0, #48]
    ldmia.w r0, {r0-r11}
    add.w lr, r0, r12
    str.w lr, [sp]                     /* end of a */
    .macro sum
    ldrsb.w r12, [r0], #1
    mla r12, r12, r3, r4
    add.w lr, r6, r12, asr #31
    smmlar r12, r12, r5, lr
    ldrsb.w lr, [r1], #1
    asr.w r12, r12, r7
    add.w lr, r8, lr, lsl #20
    add.w r12, lr, r12, lsl #1
    requantise r12, r9, r10, r11, lr
    strb.w r12, [r2], #1
    .endm
    tst.w r12, #3
    beq.n 2f
1:  sum                                /* until a multiple of four is left */
    ldr.w lr, [sp]
    sub.w r12, lr, r0
    tst.w r12, #3
    bne.n 1b
    b.n 3f
    .balign 4
2:  .rept 4
    sum
    .endr
    ldr.w lr, [sp]
3:  cmp r0, lr
    bne.w 2b
    add.w sp, sp, #12
    pop.w {r4-r11, pc}
