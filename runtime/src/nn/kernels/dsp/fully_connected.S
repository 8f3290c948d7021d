/* Four rows of weights x one row of inputs, which is widened in registers. */
#include "requantise.inc"

/* DspRowsDot: input, weights, biases, scales, scale_step, quads, rounding */

/* uint32_t tinyfog_dsp_rows(const DspRowsDot*)
 * r0 input, r1 weights, r2-r5 four weights of each row, r6 r7 inputs, r8-r11 sums, r12 end of inputs, lr free */
    function tinyfog_dsp_rows
    push.w {r0, r4-r11, lr}
    ldr.w r12, [r0, #20]
    ldr.w r2, [r0, #8]
    ldr.w r1, [r0, #4]
    ldr.w r0, [r0]
    ldmia.w r2, {r8-r11}
    add.w r12, r0, r12, lsl #2
    .macro quad
    ldr.w r6, [r0], #4
    ldmia.w r1!, {r2-r5}
    sxtb16.w r7, r6, ror #8
    sxtb16.w r6, r6
    sxtb16.w lr, r2
    sxtb16.w r2, r2, ror #8
    smlad r8, lr, r6, r8
    smlad r8, r2, r7, r8
    sxtb16.w lr, r3
    sxtb16.w r3, r3, ror #8
    smlad r9, lr, r6, r9
    smlad r9, r3, r7, r9
    sxtb16.w lr, r4
    sxtb16.w r4, r4, ror #8
    smlad r10, lr, r6, r10
    smlad r10, r4, r7, r10
    sxtb16.w lr, r5
    sxtb16.w r5, r5, ror #8
    smlad r11, lr, r6, r11
    smlad r11, r5, r7, r11
    .endm
    sub.w lr, r12, r0
    tst.w lr, #12
    beq.n 2f
1:  quad                               /* until a multiple of four quads is left */
    sub.w lr, r12, r0
    tst.w lr, #12
    bne.n 1b
    b.n 3f
    .balign 4
2:  .rept 4
    quad
    .endr
3:  cmp r0, r12
    bne.w 2b

    ldr.w r0, [sp]
    ldr.w r7, [r0, #12]                /* scales */
    ldr.w r6, [r0, #16]                /* from scale to scale */
    ldr.w r5, [r0, #24]
    .macro finish sum
    ldr.w r2, [r7]
    ldrb.w r4, [r7, #4]
    add.w r7, r7, r6
    lsl.w r3, r5, r4
    lsl.w \sum, \sum, #1
    requantise \sum, r2, r3, r4, lr
    .endm
    finish r8
    finish r9
    finish r10
    finish r11
    uxtb.w r0, r8
    bfi r0, r9, #8, #8
    bfi r0, r10, #16, #8
    bfi r0, r11, #24, #8
    add.w sp, sp, #4
    pop.w {r4-r11, pc}
