! Vectors, start-up, the vertical blank handler and the idle loop.
! MAME's SH-2 core reads PC and SP from the first two words at a power-on reset.

    .section .vectors, "ax"
    .long   _start, 0x0207fff0      ! power-on reset: PC, SP
    .long   _start, 0x0207fff0      ! manual reset: PC, SP
    .rept   66
    .long   unexpected              ! vectors 4 to 69
    .endr
    .long   vblank_handler          ! vector 70: interrupt level 12, vertical blank
    .rept   57
    .long   unexpected
    .endr

    .text
    .align  2
    .global _start
_start:
    mov     #15, r0                 ! mask all interrupts while starting
    shll2   r0
    shll2   r0
    ldc     r0, sr
    mov     #0, r0
    ldc     r0, vbr
    mov.l   .Lbss_start, r1
    mov.l   .Lbss_end, r2
1:  cmp/hs  r2, r1
    bt      2f
    mov.l   r0, @r1
    add     #4, r1
    bra     1b
    nop
2:  mov.l   .Ldata_load, r3
    mov.l   .Ldata_start, r1
    mov.l   .Ldata_end, r2
3:  cmp/hs  r2, r1
    bt      4f
    mov.l   @r3+, r0
    mov.l   r0, @r1
    add     #4, r1
    bra     3b
    nop
4:  mov.l   .Lmain, r0
    jsr     @r0
    nop
5:  bra     5b
    nop

    .align  2
.Lbss_start:    .long __bss_start
.Lbss_end:      .long __bss_end
.Ldata_load:    .long __data_load
.Ldata_start:   .long __data_start
.Ldata_end:     .long __data_end
.Lmain:         .long main

! Nothing but the vertical blank is enabled: count surprises for whoever debugs them, then go on.
    .align  2
unexpected:
    mov.l   r0, @-r15
    mov.l   r1, @-r15
    mov.l   .Lsurprises, r1
    mov.l   @r1, r0
    add     #1, r0
    mov.l   r0, @r1
    mov.l   @r15+, r1
    mov.l   @r15+, r0
    rte
    nop
    .align  2
.Lsurprises:    .long surprises

! Acknowledge (any write to 0x05100000 clears interrupt 12) and raise the flag that idle_wait watches.
    .align  2
vblank_handler:
    mov.l   r0, @-r15
    mov.l   r1, @-r15
    mov.l   .Lack, r1
    mov     #0, r0
    mov.l   r0, @r1
    mov.l   .Lflag, r1
    mov     #1, r0
    mov.l   r0, @r1
    mov.l   @r15+, r1
    mov.l   @r15+, r0
    rte
    nop
    .align  2
.Lack:          .long 0x05100000
.Lflag:         .long vblank_flag

! void idle_wait(void): wait for the next vertical blank.
! MAME's recompiler turns a run of nops into one subtraction from its cycle counter; a tight loop
! would be counted a few cycles at a time. The run's length is a measured choice, see README.md.
    .align  2
    .global idle_wait
idle_wait:
    mov     #11, r0                 ! let level 12 through
    shll2   r0
    shll2   r0
    ldc     r0, sr
    mov.l   .Lflag2, r1
    bra     2f
    nop
1:  .rept   IDLE_NOPS
    nop
    .endr
2:  mov.l   @r1, r0
    tst     r0, r0
    bf      3f
    bra     1b
    nop
3:  mov     #15, r0
    shll2   r0
    shll2   r0
    ldc     r0, sr
    mov     #0, r0
    mov.l   r0, @r1
    rts
    nop
    .align  2
.Lflag2:        .long vblank_flag

! void hw_unpack_words(const uint8_t *packed, int words, int first_word, int bits)
! See hw.h. Assembly, because this is the one thing that would make the start slow: 2 million pixels.
!   r4 packed  r5 words left  r6 word number  r7 bits  r0 scratch  r1 word  r2 run  r3 colour  r8 address  r9 bytes left
    .align  2
    .global hw_unpack_words
hw_unpack_words:
    mov.l   r8, @-r15
    mov.l   r9, @-r15
    mov.l   r11, @-r15
    mov     #0, r2
    mov     #4, r0
    cmp/eq  r0, r7
    mov     #15, r11                ! colour bits of a code
    bt      1f
    mov     #31, r11
1:  mov     r6, r0                  ! the bank is bits 18 and up of the word number
    shlr16  r0
    shlr2   r0
    mov.l   .Lbank, r8
    mov.l   r0, @r8
    mov     r6, r8
    mov.l   .Lbank_mask, r0
    and     r0, r8
    shll2   r8
    mov.l   .Lwindow, r0
    add     r0, r8
2:  mov     #4, r9
    mov     #0, r1
3:  tst     r2, r2
    bf      5f
    mov.b   @r4+, r3
    extu.b  r3, r3
    mov     r3, r2
    and     r11, r3
    shlr2   r2
    shlr2   r2
    mov     #31, r0
    cmp/eq  r0, r11
    bf      4f
    shlr    r2
4:  add     #1, r2
5:  add     #-1, r2
    shll8   r1
    or      r3, r1
    dt      r9
    bf      3b
    mov.l   r1, @r8
    add     #4, r8
    add     #1, r6
    dt      r5
    bt      6f
    mov.l   .Lbank_mask, r0         ! at a bank's end: set the next one
    tst     r0, r6
    bf      2b
    bra     1b
    nop
6:  mov.l   @r15+, r11
    mov.l   @r15+, r9
    mov.l   @r15+, r8
    rts
    nop
    .align  2
.Lbank:         .long 0x040c0084
.Lbank_mask:    .long 0x0003ffff
.Lwindow:       .long 0x04100000

    .bss
    .align  2
    .global vblank_flag
vblank_flag:    .long 0
    .global surprises
surprises:      .long 0
