/* Four rows of weights x one row of inputs, which is widened in registers. */
#include "requantise.inc"

/* DspRowsDot */
    .equ r_input, 0
    .equ r_weights, 4
    .equ r_biases, 8
    .equ r_scales, 12
    .equ r_output, 16
    .equ r_scale_step, 20
    .equ r_quads, 24
    .equ r_outputs, 28
    .equ r_rounding, 32

/* stack frame */
    .equ f_input, 0
    .equ f_biases, 4
    .equ f_scales, 8
    .equ f_scale_step, 12
    .equ f_rounding, 16
    .equ f_output, 20
    .equ f_outputs, 24
    .equ frame, 28

/* Four inputs; the weights of the four rows arrive by one LDM, which is short, or by a chain of loads, which is fast. */
    .macro quad fast
    ldr.w r6, [r0], #4
    .if \fast
    ldr.w r2, [r1], #4
    ldr.w r3, [r1], #4
    ldr.w r4, [r1], #4
    ldr.w r5, [r1], #4
    .else
    ldmia.w r1!, {r2-r5}
    .endif
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

    .macro finish sum
    ldr.w r2, [r7]
    ldrb.w r4, [r7, #4]
    add.w r7, r7, r6
    lsl.w r3, r5, r4
    lsl.w \sum, \sum, #1
    requantise \sum, r2, r3, r4, lr
    .endm

/* void tinyfog_dsp_rows(const DspRowsDot*)
 * r0 input, r1 weights, r2-r5 four weights of each row, r6 r7 inputs, r8-r11 sums, r12 end of inputs, lr free */
    function tinyfog_dsp_rows
    push.w {r4-r11, lr}
    sub.w sp, sp, #frame
    ldr.w r2, [r0, #r_input]
    ldr.w r3, [r0, #r_biases]
    ldr.w r4, [r0, #r_scales]
    ldr.w r5, [r0, #r_scale_step]
    ldr.w r6, [r0, #r_rounding]
    ldr.w r7, [r0, #r_output]
    ldr.w r8, [r0, #r_outputs]
    ldr.w r12, [r0, #r_quads]
    ldr.w r1, [r0, #r_weights]
    stmia.w sp, {r2-r8}
    add.w r12, r2, r12, lsl #2
1:  ldr.w r3, [sp, #f_biases]
    ldr.w r0, [sp, #f_input]
    ldmia.w r3!, {r8-r11}
    str.w r3, [sp, #f_biases]
    sub.w lr, r12, r0
    tst.w lr, #12
    beq.n 3f
2:  quad 0                             /* until a multiple of four quads is left */
    sub.w lr, r12, r0
    tst.w lr, #12
    bne.n 2b
    b.n 4f
    .balign 4
3:  quad 0
    quad 1
    quad 1
    quad 1
4:  cmp r0, r12
    bne.w 3b

    ldr.w r7, [sp, #f_scales]
    ldr.w r6, [sp, #f_scale_step]
    ldr.w r5, [sp, #f_rounding]
    finish r8
    finish r9
    finish r10
    finish r11
    str.w r7, [sp, #f_scales]
    ldr.w r2, [sp, #f_output]
    ldr.w r3, [sp, #f_outputs]
    strb.w r8, [r2], #1
    subs.w r3, r3, #4
    blt.n 5f
    strb.w r9, [r2], #1
    strb.w r10, [r2], #1
    strb.w r11, [r2], #1
    str.w r2, [sp, #f_output]
    str.w r3, [sp, #f_outputs]
    bne.w 1b
    b.n 6f
5:  adds.w r3, r3, #3                  /* one to three outputs were wanted */
    ble.n 6f
    strb.w r9, [r2], #1
    subs.w r3, r3, #1
    ble.n 6f
    strb.w r10, [r2], #1
6:  add.w sp, sp, #frame
    pop.w {r4-r11, pc}
