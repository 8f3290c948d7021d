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

    .equ unrolled, 16
    .equ tap_bytes, 60

/* void tinyfog_dsp_dot(const DspDot*)
 * r0 words - 4, r1 weights - 4 (loads with offsets from 4 on, the last of which moves them), r2 r3 weights of two taps' values,
 * r12 lr words, r4-r11 sums: pixel p, channel c in r(4 + 2p + c).
 * The first tap starts the sums; the others begin somewhere in the unrolled loop. Registers of the floating-point unit, which
 * cost less than memory: s0 words, s1 where r0 starts in the loop, s2 address in the loop, s3 by what r1 moves before it, s4 end
 * of r0, s5 rounding, s6 output, s7 the last pair's, s8-s10 offsets, s11 channels */
    function tinyfog_dsp_dot
    push.w {r4-r11, lr}
    ldmia.w r0, {r1-r6}                /* words, weights, channels, output, taps, outputs */
    ldr r7, [r0, #dot_offset]
    ldr.w r8, [r0, #(dot_offset+4)]
    ldr.w r9, [r0, #(dot_offset+8)]
    ldr.w r10, [r0, #dot_rounding]
    mov r12, r3
    vmov s0, r1
    vmov s5, r10
    vmov s6, r4
    add r4, r4, r6
    sub r4, r4, #2
    vmov s7, r4
    vmov s8, r7
    vmov s9, r8
    vmov s10, r9
    sub r1, r1, #4
    add.w r3, r1, r5, lsl #4
    vmov s4, r3
    rsb r4, r5, #1
    and r4, r4, #(unrolled - 1)        /* taps of the loop that the first round skips */
    and r6, r4, #7                     /* r0 moves every eight taps */
    sub.w r1, r1, r6, lsl #4
    add r1, r1, #16
    vmov s1, r1
    rsb r6, r4, #1
    lsl r6, r6, #2
    vmov s3, r6
    adr r7, 2f
    movs r6, #tap_bytes
    mla r7, r4, r6, r7
    cmp r5, #1
    it eq
    adreq.w r7, 5f
    orr r7, r7, #1
    vmov s2, r7
    sub r1, r2, #4

1:  vmov r0, s0
    ldr.w r4, [r12]
    ldr.w r5, [r12, #4]
    ldr.w r2, [r1, #4]
    vmov s11, r12
    ldr.w r12, [r0]
    ldr.w lr, [r0, #4]
    ldr.w r10, [r0, #8]
    ldr.w r0, [r0, #12]
    sxtb16.w r3, r2, ror #8
    sxtb16.w r2, r2
    smlad r6, lr, r2, r4
    smlad r7, lr, r3, r5
    smlad r8, r10, r2, r4
    smlad r9, r10, r3, r5
    smlad r10, r0, r2, r4
    smlad r11, r0, r3, r5
    vmov lr, s3
    vmov r0, s1
    smlad r4, r12, r2, r4
    vmov r2, s2
    smlad r5, r12, r3, r5
    add.w r1, r1, lr
    bx r2

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
    vmov r2, s4
    cmp.w r0, r2
    bne.w 2b

5:  vmov r0, s11
    vmov r3, s5
    ldr.w r2, [r0, #8]
    ldrb.w r12, [r0, #16]
    lsl.w r3, r3, r12
    requantise r4, r2, r3, r12, lr
    requantise r6, r2, r3, r12, lr
    requantise r8, r2, r3, r12, lr
    requantise r10, r2, r3, r12, lr
    vmov r3, s5
    ldr.w r2, [r0, #12]
    ldrb.w r12, [r0, #17]
    lsl.w r3, r3, r12
    requantise r5, r2, r3, r12, lr
    requantise r7, r2, r3, r12, lr
    requantise r9, r2, r3, r12, lr
    requantise r11, r2, r3, r12, lr
    vmov r2, s6
    vmov r3, s7
    add.w r12, r0, #20
    vmov lr, s10
    vmov r0, s9
    subs r3, r3, r2
    bmi.n 3f
    bfi r10, r11, #8, #8
    bfi r8, r9, #8, #8
    bfi r6, r7, #8, #8
    bfi r4, r5, #8, #8
    strh.w r10, [r2, lr]
    strh.w r8, [r2, r0]
    vmov lr, s8
    strh.w r6, [r2, lr]
    strh.w r4, [r2], #2
    vmov s6, r2
    bne.w 1b
    pop.w {r4-r11, pc}

3:  strb.w r10, [r2, lr]               /* a last single channel */
    strb.w r8, [r2, r0]
    vmov lr, s8
    strb.w r6, [r2, lr]
    strb.w r4, [r2]
    pop.w {r4-r11, pc}

/* void tinyfog_dsp_widen(const int8_t* const source[4], uint32_t bytes, uint32_t* words, uint32_t rows, uint32_t pitch)
 * r0 r3 r12 lr sources, r1 mask, r2 words; s0 rows left, s1 a row's bytes, s2 from its end to the next row, s3 end of r0, s4 by what
 * words move back behind a row */
    function tinyfog_dsp_widen
    push.w {r4-r11, lr}
    ldr r4, [sp, #36]
    vmov s0, r3
    add r5, r1, #3
    bic r5, r5, #3
    sub r4, r4, r5
    vmov s1, r5
    vmov s2, r4
    and r1, r1, #3
    cmp r1, #1
    ite eq
    moveq r4, #16
    movne r4, #0
    vmov s4, r4
    mov.w r1, #0x01fe0000
    orr r1, r1, r1, lsr #16
    ldr.w lr, [r0, #12]
    ldr.w r12, [r0, #8]
    ldr.w r3, [r0, #4]
    ldr.w r0, [r0]
    .macro four_bytes
    ldr.w r4, [r0], #4
    ldr.w r5, [r3], #4
    ldr.w r6, [r12], #4
    ldr.w r7, [lr], #4
    eor r4, r4, #0x80808080
    eor r5, r5, #0x80808080
    eor r6, r6, #0x80808080
    eor r7, r7, #0x80808080
    and.w r8, r1, r4, lsr #7
    and.w r9, r1, r5, lsr #7
    and.w r10, r1, r6, lsr #7
    and.w r11, r1, r7, lsr #7
    and.w r4, r1, r4, lsl #1
    and.w r5, r1, r5, lsl #1
    and.w r6, r1, r6, lsl #1
    and.w r7, r1, r7, lsl #1
    stmia.w r2!, {r4-r11}
    .endm
1:  vmov r4, s1
    add.w r5, r0, r4
    vmov s3, r5
    tst.w r4, #4
    bne.n 3f
2:  four_bytes
3:  four_bytes
    vmov r4, s3
    cmp.w r0, r4
    bne.n 2b
    vmov r4, s0
    vmov r5, s2
    vmov r6, s4
    subs r4, r4, #1
    beq.n 4f
    vmov s0, r4
    add r0, r0, r5
    add r3, r3, r5
    add r12, r12, r5
    add lr, lr, r5
    sub r2, r2, r6
    b.n 1b
4:  pop.w {r4-r11, pc}

/* void tinyfog_dsp_widen_sliding(const int8_t* source, uint32_t channels, uint32_t* words, uint32_t rows, uint32_t pitch)
 * Six columns, each of which several of the four pixels see. r0 source, r5 its fourth column, r4 channels, r1 mask, r2 r3 r12 words
 * of the three kernel columns, r6-r11 columns; s0 rows left, s2 from a row's end to the next row, s3 end of r0 */
    function tinyfog_dsp_widen_sliding
    push.w {r4-r11, lr}
    ldr r6, [sp, #36]
    vmov s0, r3
    mov r4, r1
    sub r6, r6, r4
    vmov s2, r6
    add.w r5, r4, r4, lsl #1
    add r5, r5, r0
    add.w r3, r2, r4, lsl #3
    add.w r12, r3, r4, lsl #3
    mov.w r1, #0x01fe0000
    orr r1, r1, r1, lsr #16
/* What column `at` is to pixel `at - tap` of a kernel column; from the last on, so that the first pixel's ends a group. */
    .macro store_column words, at, tap, odd, even
    .if (\at - \tap >= 0) && (\at - \tap <= 3)
    str.w \odd, [\words, #(16 + 4 * (\at - \tap))]
    .if \at == \tap
    str.w \even, [\words], #32
    .else
    str.w \even, [\words, #(4 * (\at - \tap))]
    .endif
    .endif
    .endm
    .macro slide_column from, at
    eor \from, \from, #0x80808080
    and.w lr, r1, \from, lsl #1
    and.w \from, r1, \from, lsr #7
    store_column r2, \at, 0, \from, lr
    store_column r3, \at, 1, \from, lr
    store_column r12, \at, 2, \from, lr
    .endm
1:  add.w lr, r0, r4
    vmov s3, lr
2:  ldr.w r7, [r0, r4]
    ldr.w r8, [r0, r4, lsl #1]
    ldr.w r6, [r0], #4
    ldr.w r10, [r5, r4]
    ldr.w r11, [r5, r4, lsl #1]
    ldr.w r9, [r5], #4
    slide_column r11, 5
    slide_column r10, 4
    slide_column r9, 3
    slide_column r8, 2
    slide_column r7, 1
    slide_column r6, 0
    vmov lr, s3
    cmp.w r0, lr
    bne.w 2b
    vmov lr, s0
    vmov r6, s2
    subs.w lr, lr, #1
    beq.n 3f
    vmov s0, lr
    add r0, r0, r6
    add r5, r5, r6
    add.w r2, r2, r4, lsl #4
    add.w r3, r3, r4, lsl #4
    add.w r12, r12, r4, lsl #4
    b.n 1b
3:  pop.w {r4-r11, pc}
