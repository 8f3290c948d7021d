/* Depthwise 3x3: input rows to strips, and the strips of one channel. */
#include "requantise.inc"

/* void tinyfog_dsp_load(const DspRows*)
 * r0 upper, r1 lower row, r2 r3 their steps, r4 this strip, r5 the next, r6 columns left, r7 negated zero point */
    function tinyfog_dsp_load
    push.w {r4-r11, lr}
    ldmia.w r0, {r0-r7}
    .macro load_column at
    ldr.w r8, [r0]
    ldr.w r9, [r1]
    add.w r0, r0, r2
    add.w r1, r1, r3
    sxtab16 r10, r7, r8
    sxtab16 r8, r7, r8, ror #8
    sxtab16 r11, r7, r9
    sxtab16 r9, r7, r9, ror #8
    pkhbt r12, r10, r11, lsl #16
    pkhtb r10, r11, r10, asr #16
    pkhbt lr, r8, r9, lsl #16
    pkhtb r8, r9, r8, asr #16
    str.w r12, [r5, #(\at)]
    str.w lr, [r5, #(\at+8)]
    str.w r10, [r5, #(\at+16)]
    str.w r8, [r5, #(\at+24)]
    str.w r12, [r4, #(\at+4)]
    str.w lr, [r4, #(\at+12)]
    str.w r10, [r4, #(\at+20)]
    str.w r8, [r4, #(\at+28)]
    .endm
    subs.w r6, r6, #2
    blt.n 2f
1:  load_column 0
    load_column 32
    add.w r4, r4, #64
    add.w r5, r5, #64
    subs.w r6, r6, #2
    bge.n 1b
2:  adds.w r6, r6, #1
    bne.n 3f
    load_column 0
3:  pop.w {r4-r11, pc}

/* DspStrips */
    .equ s_strip, 0
    .equ s_strip_bytes, 4
    .equ s_count, 8
    .equ s_taps, 12
    .equ s_output, 16
    .equ s_pixel_step, 20
    .equ s_row_step, 24
    .equ s_width, 28
    .equ s_rounding, 32
    .equ s_exponent, 36

/* stack frame */
    .equ f_bias, 0
    .equ f_multiplier, 4
    .equ f_rounding, 8
    .equ f_exponent, 12
    .equ f_output, 16
    .equ f_pixel_step, 20
    .equ f_row_step, 24
    .equ f_words, 28
    .equ f_end, 32       /* of the strip's words: behind the last tile of two columns */
    .equ f_strips, 36
    .equ f_next_words, 40
    .equ f_next_output, 44
    .equ f_strip_bytes, 48
    .equ f_tiles, 52     /* bytes of the words of all tiles of two columns */
    .equ f_odd, 56       /* whether a single column follows */
    .equ f_rows, 60      /* bytes from strip to strip of the output */
    .equ frame, 64

/* Fills the frame; r4-r6 the weights of rows 0 and 1 of each column, r7-r9 the others, doubled. `rows` output rows a strip. */
    .macro enter rows, tile_shift
    push.w {r4-r11, lr}
    sub.w sp, sp, #frame
    ldr r1, [r0, #s_strip]
    ldr r2, [r0, #s_output]
    ldr r3, [r0, #s_strip_bytes]
    ldr r4, [r0, #s_count]
    ldr r5, [r0, #s_pixel_step]
    ldr r6, [r0, #s_row_step]
    str r1, [sp, #f_next_words]
    str r2, [sp, #f_next_output]
    str r3, [sp, #f_strip_bytes]
    str r4, [sp, #f_strips]
    str r5, [sp, #f_pixel_step]
    str r6, [sp, #f_row_step]
    .if \rows == 2
    lsl r6, r6, #1
    .endif
    str r6, [sp, #f_rows]
    ldr r1, [r0, #s_width]
    and r2, r1, #1
    lsr r1, r1, #1
    lsl r1, r1, #\tile_shift
    str r1, [sp, #f_tiles]
    str r2, [sp, #f_odd]
    ldr r1, [r0, #s_rounding]
    ldr r2, [r0, #s_exponent]
    ldr r3, [r0, #s_taps]
    lsl r1, r1, r2
    str r1, [sp, #f_rounding]
    str r2, [sp, #f_exponent]
    ldmia r3!, {r4, r5, r6}
    ldmia r3, {r1, r2}
    str r1, [sp, #f_bias]
    str r2, [sp, #f_multiplier]
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
    .endm

/* To r0: the words of the next strip; r1: their end. */
    .macro next_strip
    ldr.w r0, [sp, #f_next_words]
    ldr.w r1, [sp, #f_strip_bytes]
    ldr.w r2, [sp, #f_tiles]
    ldr.w r3, [sp, #f_next_output]
    add.w r1, r1, r0
    add.w r2, r2, r0
    str.w r1, [sp, #f_next_words]
    str.w r2, [sp, #f_end]
    ldr.w r1, [sp, #f_rows]
    str.w r3, [sp, #f_output]
    add.w r3, r3, r1
    str.w r3, [sp, #f_next_output]
    cmp r0, r2
    .endm

    .macro leave_unless_more label
    ldr.w r1, [sp, #f_strips]
    subs.w r1, r1, #1
    str.w r1, [sp, #f_strips]
    bne.w \label
    add.w sp, sp, #frame
    pop.w {r4-r11, pc}
    .endm

/* Output rows 0 and 1 of one column of words r1 (rows 0, 1) and r2 (rows 2, 3); a: w0 w1, b: w1 w2. */
    .macro column sum0, sum1, a, b, from0, from1
    smlad \sum0, r1, \a, \from0
    smlatb \sum1, r1, \a, \from1
    smlabt \sum0, r2, \b, \sum0
    smlad \sum1, r2, \b, \sum1
    .endm

/* void tinyfog_dsp_strips1(const DspStrips*): stride 1, tiles of two rows x two columns; r10 r11 the first column's sums,
 * r12 lr the second's */
    function tinyfog_dsp_strips1
    enter 2, 6
1:  next_strip
    beq.w 3f
2:  ldr.w r3, [sp, #f_bias]
    ldr.w r1, [r0]
    ldr.w r2, [r0, #4]
    column r10, r11, r4, r7, r3, r3
    ldr.w r1, [r0, #32]
    ldr.w r2, [r0, #36]
    column r10, r11, r5, r8, r10, r11
    column r12, lr, r4, r7, r3, r3
    ldr.w r1, [r0, #64]
    ldr.w r2, [r0, #68]
    column r10, r11, r6, r9, r10, r11
    column r12, lr, r5, r8, r12, lr
    ldr.w r1, [r0, #96]
    ldr.w r2, [r0, #100]
    column r12, lr, r6, r9, r12, lr
    add.w r0, r0, #64
    str.w r0, [sp, #f_words]
    ldr.w r1, [sp, #f_multiplier]
    ldr.w r2, [sp, #f_rounding]
    ldr.w r3, [sp, #f_exponent]
    requantise r10, r1, r2, r3, r0
    requantise r11, r1, r2, r3, r0
    requantise r12, r1, r2, r3, r0
    requantise lr, r1, r2, r3, r0
    ldr.w r1, [sp, #f_output]
    ldr.w r2, [sp, #f_row_step]
    ldr.w r3, [sp, #f_pixel_step]
    ldr.w r0, [sp, #f_words]
    strb.w r11, [r1, r2]
    strb.w r10, [r1]
    add.w r1, r1, r3
    strb.w lr, [r1, r2]
    strb.w r12, [r1]
    ldr.w r2, [sp, #f_end]
    add.w r1, r1, r3
    str.w r1, [sp, #f_output]
    cmp.w r0, r2
    bne.w 2b
3:  ldr.w r3, [sp, #f_odd]
    cmp r3, #0
    beq.w 4f
    ldr.w r3, [sp, #f_bias]
    ldr.w r1, [r0]
    ldr.w r2, [r0, #4]
    column r10, r11, r4, r7, r3, r3
    ldr.w r1, [r0, #32]
    ldr.w r2, [r0, #36]
    column r10, r11, r5, r8, r10, r11
    ldr.w r1, [r0, #64]
    ldr.w r2, [r0, #68]
    column r10, r11, r6, r9, r10, r11
    ldr.w r1, [sp, #f_multiplier]
    ldr.w r2, [sp, #f_rounding]
    ldr.w r3, [sp, #f_exponent]
    requantise r10, r1, r2, r3, r0
    requantise r11, r1, r2, r3, r0
    ldr.w r1, [sp, #f_output]
    ldr.w r2, [sp, #f_row_step]
    strb.w r11, [r1, r2]
    strb.w r10, [r1]
4:  leave_unless_more 1b

/* void tinyfog_dsp_strips2(const DspStrips*): stride 2, tiles of one row x two columns; weights r4-r6 w0 w1, r7-r9 w2 0 */
    function tinyfog_dsp_strips2
    enter 1, 7
1:  next_strip
    beq.w 3f
2:  ldr.w r3, [sp, #f_bias]
    ldr.w r1, [r0]
    ldr.w r2, [r0, #4]
    ldr.w r12, [r0, #32]
    ldr.w lr, [r0, #36]
    smlad r10, r1, r4, r3
    smlad r10, r2, r7, r10
    smlad r10, r12, r5, r10
    smlad r10, lr, r8, r10
    ldr.w r1, [r0, #64]
    ldr.w r2, [r0, #68]
    ldr.w r12, [r0, #96]
    ldr.w lr, [r0, #100]
    smlad r10, r1, r6, r10
    smlad r10, r2, r9, r10
    smlad r11, r1, r4, r3
    smlad r11, r2, r7, r11
    smlad r11, r12, r5, r11
    smlad r11, lr, r8, r11
    ldr.w r1, [r0, #128]
    ldr.w r2, [r0, #132]
    ldr.w r3, [sp, #f_exponent]
    ldr.w r12, [sp, #f_multiplier]
    ldr.w lr, [sp, #f_rounding]
    smlad r11, r1, r6, r11
    smlad r11, r2, r9, r11
    requantise r10, r12, lr, r3, r2
    requantise r11, r12, lr, r3, r2
    ldr.w r1, [sp, #f_output]
    ldr.w r3, [sp, #f_pixel_step]
    ldr.w r2, [sp, #f_end]
    strb.w r10, [r1]
    strb.w r11, [r1, r3]
    add.w r1, r1, r3, lsl #1
    str.w r1, [sp, #f_output]
    add.w r0, r0, #128
    cmp.w r0, r2
    bne.w 2b
3:  ldr.w r3, [sp, #f_odd]
    cmp r3, #0
    beq.w 4f
    ldr.w r10, [sp, #f_bias]
    ldr.w r1, [r0]
    ldr.w r2, [r0, #4]
    ldr.w r12, [r0, #32]
    ldr.w lr, [r0, #36]
    smlad r10, r1, r4, r10
    smlad r10, r2, r7, r10
    smlad r10, r12, r5, r10
    smlad r10, lr, r8, r10
    ldr.w r1, [r0, #64]
    ldr.w r2, [r0, #68]
    ldr.w r3, [sp, #f_exponent]
    ldr.w r12, [sp, #f_multiplier]
    ldr.w lr, [sp, #f_rounding]
    smlad r10, r1, r6, r10
    smlad r10, r2, r9, r10
    requantise r10, r12, lr, r3, r2
    ldr.w r1, [sp, #f_output]
    strb.w r10, [r1]
4:  leave_unless_more 1b
