/* Four pixels x two output channels, and the widening of four pixels' inputs. Instructions are 32 bits wide where the
 * entry into the unrolled loop is computed. */
#include "requantise.inc"

/* DspDot */
    .equ dot_words, 0
    .equ dot_weights, 4
    .equ dot_channels, 8
    .equ dot_output, 12
    .equ dot_taps, 16
    .equ dot_outputs, 20
    .equ dot_offset, 24
    .equ dot_rounding, 36

/* stack frame */
    .equ f_channels, 0
    .equ f_words, 4      /* where r0 starts: so that the first round may skip taps */
    .equ f_entry, 8      /* address in the unrolled loop */
    .equ f_skipped, 12   /* bytes of weights that the first round skips */
    .equ f_end, 16       /* of r0 */
    .equ f_rounding, 20
    .equ f_output, 24
    .equ f_outputs, 28
    .equ f_offset, 32
    .equ frame, 44

    .equ unrolled, 16
    .equ tap_bytes, 60

/* void tinyfog_dsp_dot(const DspDot*)
 * r0 words - 4, r1 weights - 4 (loads with offsets from 4 on, the last of which moves them), r2 r3 weights of two taps' values, r12 lr words, r4-r11 sums: pixel p, channel c in r(4 + 2p + c) */
    function tinyfog_dsp_dot
    push.w {r4-r11, lr}
    sub.w sp, sp, #frame
    ldr.w r1, [r0, #dot_weights]
    ldr.w r2, [r0, #dot_taps]
    ldr.w r3, [r0, #dot_words]
    sub r1, r1, #4
    sub r3, r3, #4
    add r5, r3, r2, lsl #4
    str r5, [sp, #f_end]
    rsb r4, r2, #0
    and r4, r4, #(unrolled - 1)        /* taps skipped in the first round */
    lsl r6, r4, #2
    and r5, r4, #7                     /* r0 moves every eight taps */
    sub r3, r3, r5, lsl #4
    adr r7, 2f
    movs r8, #tap_bytes
    mla r7, r4, r8, r7
    orr r7, r7, #1
    str r3, [sp, #f_words]
    str r7, [sp, #f_entry]
    str r6, [sp, #f_skipped]
    ldr r4, [r0, #dot_rounding]
    ldr r5, [r0, #dot_output]
    ldr r6, [r0, #dot_outputs]
    str r4, [sp, #f_rounding]
    str r5, [sp, #f_output]
    str r6, [sp, #f_outputs]
    ldr r4, [r0, #dot_offset]
    ldr r5, [r0, #dot_offset + 4]
    ldr r6, [r0, #dot_offset + 8]
    str r4, [sp, #f_offset]
    str r5, [sp, #f_offset + 4]
    str r6, [sp, #f_offset + 8]
    ldr.w r12, [r0, #dot_channels]
    str.w r12, [sp, #f_channels]

1:  ldr.w r2, [sp, #f_skipped]
    ldr.w r0, [sp, #f_words]
    ldr.w r4, [r12]
    ldr.w r5, [r12, #4]
    sub.w r1, r1, r2
    mov.w r6, r4
    mov.w r8, r4
    mov.w r10, r4
    mov.w r7, r5
    mov.w r9, r5
    mov.w r11, r5
    ldr.w pc, [sp, #f_entry]

    .balign 4
2:
    .set j, 0
    .rept unrolled
    .set i, j % 8
    .if j == unrolled - 1
    ldr.w r2, [r1, #(4*unrolled)]!
    .else
    ldr.w r2, [r1, #(4*j+4)]
    .endif
    ldr.w r12, [r0, #(16*i+4)]
    ldr.w lr, [r0, #(16*i+8)]
    sxtb16.w r3, r2, ror #8
    sxtb16.w r2, r2
    smlad r4, r12, r2, r4
    smlad r5, r12, r3, r5
    smlad r6, lr, r2, r6
    smlad r7, lr, r3, r7
    ldr.w r12, [r0, #(16*i+12)]
    .if i == 7
    ldr.w lr, [r0, #128]!
    .else
    ldr.w lr, [r0, #(16*i+16)]
    .endif
    smlad r8, r12, r2, r8
    smlad r9, r12, r3, r9
    smlad r10, lr, r2, r10
    smlad r11, lr, r3, r11
    .set j, j+1
    .endr
    ldr.w r2, [sp, #f_end]
    cmp.w r0, r2
    bne.w 2b

    ldr.w r0, [sp, #f_channels]
    ldr.w r3, [sp, #f_rounding]
    ldr.w r2, [r0, #8]
    ldrb.w r12, [r0, #16]
    lsl.w r3, r3, r12
    requantise r4, r2, r3, r12, lr
    requantise r6, r2, r3, r12, lr
    requantise r8, r2, r3, r12, lr
    requantise r10, r2, r3, r12, lr
    ldr.w r3, [sp, #f_rounding]
    ldr.w r2, [r0, #12]
    ldrb.w r12, [r0, #17]
    lsl.w r3, r3, r12
    requantise r5, r2, r3, r12, lr
    requantise r7, r2, r3, r12, lr
    requantise r9, r2, r3, r12, lr
    requantise r11, r2, r3, r12, lr
    add.w r12, r0, #20
    str.w r12, [sp, #f_channels]
    ldr.w lr, [sp, #f_output]
    ldr.w r2, [sp, #f_outputs]
    ldr.w r0, [sp, #f_offset + 8]
    ldr.w r3, [sp, #f_offset + 4]
    subs.w r2, r2, #2
    bmi.n 3f
    bfi r10, r11, #8, #8
    bfi r8, r9, #8, #8
    bfi r6, r7, #8, #8
    bfi r4, r5, #8, #8
    strh.w r10, [lr, r0]
    strh.w r8, [lr, r3]
    str.w r2, [sp, #f_outputs]
    ldr.w r0, [sp, #f_offset]
    strh.w r6, [lr, r0]
    strh.w r4, [lr], #2
    str.w lr, [sp, #f_output]
    bne.w 1b
    add.w sp, sp, #frame
    pop.w {r4-r11, pc}

3:  strb.w r10, [lr, r0]               /* a last single channel */
    strb.w r8, [lr, r3]
    ldr.w r0, [sp, #f_offset]
    strb.w r6, [lr, r0]
    strb.w r4, [lr]
    add.w sp, sp, #frame
    pop.w {r4-r11, pc}

/* void tinyfog_dsp_widen(const int8_t* const source[4], uint32_t bytes, uint32_t* words) */
    function tinyfog_dsp_widen
    push.w {r4-r11, lr}
    ldr.w lr, [r0, #12]
    ldr.w r12, [r0, #8]
    ldr.w r3, [r0, #4]
    ldr.w r0, [r0]
    .macro four_bytes
    ldr.w r4, [r0], #4
    ldr.w r5, [r3], #4
    ldr.w r6, [r12], #4
    ldr.w r7, [lr], #4
    sxtb16.w r8, r4, ror #8
    sxtb16.w r9, r5, ror #8
    sxtb16.w r10, r6, ror #8
    sxtb16.w r11, r7, ror #8
    sxtb16.w r4, r4
    sxtb16.w r5, r5
    sxtb16.w r6, r6
    sxtb16.w r7, r7
    sadd16 r8, r8, r8
    sadd16 r9, r9, r9
    sadd16 r10, r10, r10
    sadd16 r11, r11, r11
    sadd16 r4, r4, r4
    sadd16 r5, r5, r5
    sadd16 r6, r6, r6
    sadd16 r7, r7, r7
    stmia.w r2!, {r4-r11}
    .endm
    add.w r1, r1, #3
    tst.w r1, #4
    beq.n 2f
    four_bytes
    subs.w r1, r1, #4
    cmp.w r1, #4
    blt.n 3f
2:  four_bytes
    subs.w r1, r1, #8
    four_bytes
    cmp.w r1, #8
    bge.n 2b
3:  pop.w {r4-r11, pc}
