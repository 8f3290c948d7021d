/* Depthwise 3x3: input rows to words, and the strips of up to four channels. Words: [column][channel of four][pair of rows],
 * six pairs; a pair holds the int16 values of two neighbouring rows without zero point, the upper row's first. */
#include "requantise.inc"

    .equ channel, 24
    .equ pixel, 96

/* DspRows */
    .equ w_words, 0
    .equ w_pairs, 4
    .equ w_y, 8
    .equ w_input, 12
    .equ w_height, 16
    .equ w_row_bytes, 20
    .equ w_step, 24
    .equ w_width, 28
    .equ w_negated_zero_point, 32
    .equ w_padding, 36

/* void tinyfog_dsp_load(const DspRows*)
 * r0 upper, r1 lower row, r2 r3 their steps, r4 words, r5 columns left, r6 DspRows, r7 negated zero point */
    function tinyfog_dsp_load
    push.w {r4-r11, lr}
    mov r6, r0
    ldmia.w r0, {r8, r9, r10}
    ldr r7, [r0, #w_negated_zero_point]
    sub.w sp, sp, #12                  /* words, pairs left, y */
    str r9, [sp, #4]
1:  str.w r8, [sp]
    mov r4, r8
    ldr r0, [r6, #w_input]
    ldr.w r11, [r6, #w_row_bytes]
    ldr.w r12, [r6, #w_height]
    ldr r2, [r6, #w_step]
    ldr.w lr, [r6, #w_padding]
    ldr r5, [r6, #w_width]
    mla r0, r10, r11, r0
    mov r3, r2
    add.w r1, r0, r11
    cmp r10, r12
    itt hs
    movhs r0, lr
    movhs r2, #0
    add.w r10, r10, #1
    cmp r10, r12
    itt hs
    movhs r1, lr
    movhs r3, #0
    add.w r10, r10, #1
    str.w r10, [sp, #8]
    .macro widen_column upper, lower, at
    pkhbt r12, \upper, \lower, lsl #16
    pkhtb lr, \lower, \upper, asr #16
    sxtab16 \upper, r7, r12
    sxtab16 r12, r7, r12, ror #8
    sxtab16 \lower, r7, lr
    sxtab16 lr, r7, lr, ror #8
    str.w \upper, [r4, #(\at)]
    str.w r12, [r4, #(\at+channel)]
    str.w \lower, [r4, #(\at+2*channel)]
    str.w lr, [r4, #(\at+3*channel)]
    .endm
    subs r5, r5, #2
    blt.n 3f
2:  ldr.w r8, [r0]
    ldr.w r9, [r1]
    ldr.w r10, [r0, r2]
    ldr.w r11, [r1, r3]
    add.w r0, r0, r2, lsl #1
    add.w r1, r1, r3, lsl #1
    widen_column r8, r9, 0
    widen_column r10, r11, pixel
    add.w r4, r4, #(2*pixel)
    subs r5, r5, #2
    bge.n 2b
3:  adds r5, r5, #1
    bne.n 4f
    ldr.w r8, [r0]
    ldr.w r9, [r1]
    widen_column r8, r9, 0
4:  ldmia.w sp, {r8, r9, r10}
    add.w r8, r8, #4
    subs.w r9, r9, #1
    str.w r9, [sp, #4]
    bne.n 1b
    add sp, sp, #12
    pop.w {r4-r11, pc}

/* DspStrips */
    .equ s_words, 0
    .equ s_taps, 4
    .equ s_exponents, 8
    .equ s_output, 12
    .equ s_channels, 16
    .equ s_count, 20
    .equ s_pixel_step, 24
    .equ s_row_step, 28
    .equ s_last_row_step, 32
    .equ s_width, 36
    .equ s_rounding, 40

/* stack frame */
    .equ f_words, 0      /* of the next channel, with taps, exponent and output */
    .equ f_channels, 16
    .equ f_strips, 20    /* DspStrips */
    .equ frame, 24

/* Registers of the floating-point unit, which cost less than memory: of a tile: s0 bias, s1 multiplier, s2 rounding, s3 exponent,
 * s4 output, s5 bytes from pixel to pixel, s6 to the lower row, s7 the words' end; of the strips: s8 bytes of all tiles' words,
 * s9 whether a single column follows, s10 next words, s11 next output, s12 strips left, s13 bytes from row to row, s14 to the
 * last lower row. */

/* r4-r6 the weights of rows 0 and 1 of each column, r7-r9 the others, doubled. Ends with r0 at the words of the strip; zero if
 * there is no tile of two columns. */
    .macro enter_strips slots, tile
    push.w {r4-r11, lr}
    sub sp, sp, #frame
    ldmia.w r0, {r1-r5}
    stmia.w sp, {r1-r5}
    str r0, [sp, #f_strips]
    ldr r1, [r0, #s_pixel_step]
    ldr r2, [r0, #s_row_step]
    ldr r3, [r0, #s_last_row_step]
    ldr r4, [r0, #s_width]
    vmov s5, r1
    vmov s13, r2
    vmov s14, r3
    and r1, r4, #1
    lsr r4, r4, #1
    mov.w r2, #\tile
    mul r4, r4, r2
    vmov s9, r1
    vmov s8, r4
9:  ldr r0, [sp, #f_strips]
    ldmia.w sp, {r1, r2, r3, r10}
    ldr.w r11, [r0, #s_rounding]
    ldr.w r12, [r0, #s_count]
    ldrb.w lr, [r3], #1
    vmov s10, r1
    vmov s11, r10
    vmov s12, r12
    add.w r1, r1, #channel
    add.w r10, r10, #1
    lsl.w r11, r11, lr
    vmov s3, lr
    vmov s2, r11
    ldmia.w r2!, {r4, r5, r6, r7, r8}
    stmia.w sp, {r1, r2, r3, r10}
    vmov s0, r7
    vmov s1, r8
    sxtb16.w r7, r4, ror #8
    sxtb16.w r8, r5, ror #8
    sxtb16.w r9, r6, ror #8
    sxtb16.w r4, r4
    sxtb16.w r5, r5
    sxtb16.w r6, r6
    sadd16 r4, r4, r4
    sadd16 r5, r5, r5
    sadd16 r6, r6, r6
    sadd16 r7, r7, r7
    sadd16 r8, r8, r8
    sadd16 r9, r9, r9
1:  vmov r0, s10
    vmov r1, s8
    vmov r2, s12
    vmov r3, s11
    vmov r12, s13
    vmov s4, r3
    add.w r3, r3, r12, lsl #1
    add.w lr, r0, #(4*\slots)
    vmov s11, r3
    vmov s10, lr
    subs r2, r2, #1
    it eq
    vmoveq r12, s14
    vmov s12, r2
    vmov s6, r12
    adds r3, r1, r0
    vmov s7, r3
    cmp r1, #0
    .endm

    .macro leave_strips
    vmov r1, s12
    cmp r1, #0
    bne.w 1b
    ldr r1, [sp, #f_channels]
    subs r1, r1, #1
    str r1, [sp, #f_channels]
    bne.w 9b
    add sp, sp, #frame
    pop.w {r4-r11, pc}
    .endm

    .macro scale_sum sum, multiplier, rounding, t
    add.w \t, \rounding, \sum, asr #31
    smmlar \sum, \sum, \multiplier, \t
    .endm
    .macro shift_sum sum, exponent
    asr.w \sum, \sum, \exponent
    ssat \sum, #8, \sum, asr #1
    .endm

/* As `requantise`, for the sums of a tile; a, b, c are free. */
    .macro requantise_tile a, b, c, sum0, sum1, sum2, sum3
    vmov \a, s1
    vmov \b, s2
    scale_sum \sum0, \a, \b, \c
    scale_sum \sum1, \a, \b, \c
    scale_sum \sum2, \a, \b, \c
    scale_sum \sum3, \a, \b, \c
    vmov \a, s3
    shift_sum \sum0, \a
    shift_sum \sum1, \a
    shift_sum \sum2, \a
    shift_sum \sum3, \a
    .endm

/* Stores sum0 and sum1 of the first column, the lower row first, then those of the second; r0 at s7 ends the tiles. */
    .macro store_tile a, b, c, sum0, sum1, sum2, sum3
    vmov \a, s4
    vmov \b, s6
    vmov \c, s5
    add.w \b, \b, \a
    strb.w \sum1, [\b]
    strb.w \sum0, [\a]
    strb.w \sum3, [\b, \c]
    strb.w \sum2, [\a, \c]
    add.w \a, \a, \c, lsl #1
    vmov \b, s7
    vmov s4, \a
    cmp.w r0, \b
    .endm

    .macro finish_column
    vmov r1, s1
    vmov r2, s2
    vmov r12, s3
    requantise r10, r1, r2, r12, r3
    requantise r11, r1, r2, r12, r3
    vmov r1, s4
    vmov r2, s6
    strb.w r11, [r1, r2]
    strb.w r10, [r1]
    .endm

/* Output rows 0 and 1 of one column of words p0 (rows 0, 1) and p1 (rows 2, 3); a: w0 w1, b: w1 w2. */
    .macro column1 sum0, sum1, p0, p1, a, b, from0, from1
    smlad \sum0, \p0, \a, \from0
    smlatb \sum1, \p0, \a, \from1
    smlabt \sum0, \p1, \b, \sum0
    smlad \sum1, \p1, \b, \sum1
    .endm

/* void tinyfog_dsp_strips1(const DspStrips*): stride 1, tiles of two rows x two columns; sums r10 r11, r1 r2 */
    function tinyfog_dsp_strips1
    enter_strips 1, 2*pixel
    beq.w 3f
2:  ldr.w r1, [r0]
    ldr.w r2, [r0, #4]
    ldr.w r12, [r0, #pixel]
    ldr.w lr, [r0, #(pixel+4)]
    vmov r3, s0
    column1 r10, r11, r1, r2, r4, r7, r3, r3
    column1 r10, r11, r12, lr, r5, r8, r10, r11
    column1 r1, r2, r12, lr, r4, r7, r3, r3
    ldr.w r12, [r0, #(2*pixel)]!
    ldr.w lr, [r0, #4]
    ldr.w r3, [r0, #pixel]
    column1 r10, r11, r12, lr, r6, r9, r10, r11
    column1 r1, r2, r12, lr, r5, r8, r1, r2
    ldr.w r12, [r0, #(pixel+4)]
    column1 r1, r2, r3, r12, r6, r9, r1, r2
    requantise_tile r3, r12, lr, r10, r11, r1, r2
    store_tile r3, r12, lr, r10, r11, r1, r2
    bne.w 2b
3:  vmov r3, s9
    cmp r3, #0
    beq.n 4f
    ldr.w r1, [r0]
    ldr.w r2, [r0, #4]
    ldr.w r12, [r0, #pixel]
    ldr.w lr, [r0, #(pixel+4)]
    vmov r3, s0
    column1 r10, r11, r1, r2, r4, r7, r3, r3
    ldr.w r1, [r0, #(2*pixel)]
    ldr.w r2, [r0, #(2*pixel+4)]
    column1 r10, r11, r12, lr, r5, r8, r10, r11
    column1 r10, r11, r1, r2, r6, r9, r10, r11
    finish_column
4:  leave_strips

/* Output rows 0 and 1 of one column of words r1 (rows 0, 1), r2 (rows 2, 3) and r3 (rows 4, 5); a: w0 w1, b: w2 0. */
    .macro column2 sum0, sum1, a, b, from0, from1
    smlad \sum0, r1, \a, \from0
    smlad \sum1, r2, \a, \from1
    smlad \sum0, r2, \b, \sum0
    smlad \sum1, r3, \b, \sum1
    .endm
    .macro load_column2 at
    ldr.w r1, [r0, #(\at)]
    ldr.w r2, [r0, #(\at+4)]
    ldr.w r3, [r0, #(\at+8)]
    .endm

/* void tinyfog_dsp_strips2(const DspStrips*): stride 2, tiles of two rows x two columns; sums r10 r11, r12 lr */
    function tinyfog_dsp_strips2
    enter_strips 2, 4*pixel
    beq.w 3f
2:  load_column2 0
    vmov lr, s0
    column2 r10, r11, r4, r7, lr, lr
    load_column2 pixel
    column2 r10, r11, r5, r8, r10, r11
    load_column2 2*pixel
    column2 r10, r11, r6, r9, r10, r11
    column2 r12, lr, r4, r7, lr, lr
    load_column2 3*pixel
    column2 r12, lr, r5, r8, r12, lr
    load_column2 4*pixel
    add.w r0, r0, #(4*pixel)
    column2 r12, lr, r6, r9, r12, lr
    requantise_tile r1, r2, r3, r10, r11, r12, lr
    store_tile r1, r2, r3, r10, r11, r12, lr
    bne.w 2b
3:  vmov r3, s9
    cmp r3, #0
    beq.n 4f
    load_column2 0
    vmov lr, s0
    column2 r10, r11, r4, r7, lr, lr
    load_column2 pixel
    column2 r10, r11, r5, r8, r10, r11
    load_column2 2*pixel
    column2 r10, r11, r6, r9, r10, r11
    finish_column
4:  leave_strips
