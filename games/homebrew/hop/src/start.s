; Power-on, the vertical blank, the pads, and what must be fast: the picture memory and the sprites.

        .import _main, copydata, zerobss
        .import __STACKTOP__
        .import _frame_counter, _late_frames, _pad, _pad_new
        .importzp sp
        .import metasprite_lo, metasprite_hi
        .export __STARTUP__ : absolute = 1
        .export _wait_frame, _screen_off, _screen_on, _vram_seek, _vram_put, _vram_fill
        .export _put_sprite, _put_tall_sprite, _clear_sprites, _read_pad
        .exportzp _column_tiles_ready, _column_address, _attribute_address, _scroll_x, _scroll_high, _split
        .exportzp _spr_x, _spr_y, _spr_frame, _spr_flags, _spr_next, _spr_clip, _queue_length, _palette_ready, _ppu_mask
        .export _column_tiles, _column_attributes, _queue, _palette

PPU_CTRL   = $2000
PPU_MASK   = $2001
PPU_STATUS = $2002
OAM_ADDR   = $2003
PPU_SCROLL = $2005
PPU_ADDR   = $2006
PPU_DATA   = $2007
OAM_DMA    = $4014
PAD_1      = $4016
OAM        = $0200

; Pictures of the sprites come from the second half of the CHR ROM; the interrupt is on.
CTRL       = %10001000
CTRL_DOWN  = %10001100          ; the address goes down a column

        .segment "HEADER"
        .byte "NES", $1A
        .byte 2, 1              ; 2 * 16 KiB of program, 1 * 8 KiB of pictures
        .byte $01, $00          ; mapper 0, the two name tables side by side
        .res 8, 0

        .segment "ZEROPAGE"
frame_done:             .res 1  ; 1 when main has finished a frame: the interrupt may send it
_column_tiles_ready:    .res 1
_column_address:        .res 2
_attribute_address:     .res 2
_scroll_x:              .res 1
_scroll_high:           .res 1
_split:                 .res 1
_queue_length:          .res 1
_palette_ready:         .res 1
_ppu_mask:              .res 1
_spr_x:                 .res 1
_spr_y:                 .res 1
_spr_frame:             .res 1
_spr_flags:             .res 1
_spr_next:              .res 1
_spr_clip:              .res 1  ; $80 if the left half lies beyond the left edge
pointer:                .res 2
count:                  .res 1

        .segment "BSS"
_column_tiles:          .res 52 ; the left half, then the right one
_column_attributes:     .res 7
_queue:                 .res 64 ; address high, low, length, bytes
_palette:               .res 32

        .segment "CODE"

reset:  sei
        cld
        ldx #$40
        stx $4017
        ldx #$FF
        txs
        inx
        stx PPU_CTRL
        stx PPU_MASK
        stx $4010
        stx $4015
        bit PPU_STATUS
@first: bit PPU_STATUS
        bpl @first
        txa
@clear: sta $0000,x
        sta $0100,x
        sta $0300,x
        sta $0400,x
        sta $0500,x
        sta $0600,x
        sta $0700,x
        lda #$FF
        sta OAM,x
        lda #0
        inx
        bne @clear
@second:
        bit PPU_STATUS
        bpl @second
        lda #<__STACKTOP__
        sta sp
        lda #>__STACKTOP__
        sta sp+1
        lda #$0F
        sta $4015
        lda #CTRL
        sta PPU_CTRL
        jmp _main

; --- the vertical blank ---------------------------------------------------------------------------------------------

nmi:    pha
        txa
        pha
        tya
        pha
        inc _frame_counter
        bne @counted
        inc _frame_counter+1
        bne @counted
        inc _frame_counter+2
        bne @counted
        inc _frame_counter+3
@counted:
        lda frame_done
        bne @send
        lda _ppu_mask
        beq @late               ; the screen is off: a level is being drawn, nobody waits
        inc _late_frames
        bne @late
        inc _late_frames+1
@late:  jmp @scroll

@send:  lda #0
        sta OAM_ADDR
        lda #>OAM
        sta OAM_DMA
        bit PPU_STATUS
        lda _column_tiles_ready
        bne @column
        jmp @queue
@column:
        lda #CTRL_DOWN
        sta PPU_CTRL
        lda _column_address+1
        sta PPU_ADDR
        lda _column_address
        sta PPU_ADDR
        .repeat 26, I
        lda _column_tiles+I
        sta PPU_DATA
        .endrepeat
        lda _column_address+1
        sta PPU_ADDR
        ldx _column_address
        inx
        stx PPU_ADDR
        .repeat 26, I
        lda _column_tiles+26+I
        sta PPU_DATA
        .endrepeat
        lda #CTRL
        sta PPU_CTRL
        ldx #0
@attribute:
        lda _attribute_address+1
        sta PPU_ADDR
        lda _attribute_address
        sta PPU_ADDR
        clc
        adc #8
        sta _attribute_address
        lda _column_attributes,x
        sta PPU_DATA
        inx
        cpx #7
        bne @attribute
        lda #0
        sta _column_tiles_ready
@queue: ldx #0
        beq @next
@entry: lda _queue,x
        sta PPU_ADDR
        inx
        lda _queue,x
        sta PPU_ADDR
        inx
        ldy _queue,x
        inx
@byte:  lda _queue,x
        sta PPU_DATA
        inx
        dey
        bne @byte
@next:  cpx _queue_length
        bcc @entry
        lda #0
        sta _queue_length
        lda _palette_ready
        beq @sent
        lda #$3F
        sta PPU_ADDR
        ldx #0
        stx PPU_ADDR
@colour:
        lda _palette,x
        sta PPU_DATA
        inx
        cpx #32
        bne @colour
        lda #0
        sta _palette_ready
@sent:  lda #0
        sta frame_done

@scroll:
        lda _ppu_mask
        sta PPU_MASK
        lda #0
        sta PPU_ADDR
        sta PPU_ADDR
        lda _split
        beq @whole
        lda #0
        sta PPU_SCROLL
        sta PPU_SCROLL
        lda #CTRL
        sta PPU_CTRL
        ; Sprite 0 lies on the last lines of the status bar. The counters only keep a missing hit from hanging us.
        ldx #0
        ldy #4
@old:   bit PPU_STATUS
        bvc @hit
        inx
        bne @old
        dey
        bne @old
@hit:   ldx #0
        ldy #4
@new:   bit PPU_STATUS
        bvs @whole
        inx
        bne @new
        dey
        bne @new
@whole: lda _scroll_x
        sta PPU_SCROLL
        lda #0
        sta PPU_SCROLL
        lda _scroll_high
        and #1
        ora #CTRL
        sta PPU_CTRL
        pla
        tay
        pla
        tax
        pla
irq:    rti

; void wait_frame(void): hands the frame over and waits until it has been sent.
_wait_frame:
        lda #1
        sta frame_done
@wait:  lda frame_done
        bne @wait
        rts

; void screen_off(void), void screen_on(void): around large changes of the picture.
_screen_off:
        lda #0
        sta _ppu_mask
        sta _split
        jsr _wait_frame
        sta _column_tiles_ready
        rts
_screen_on:
        lda #%00011110
        sta _ppu_mask
        jmp _wait_frame

; --- picture memory, with the screen off ----------------------------------------------------------------------------

; void __fastcall__ vram_seek(unsigned address)
_vram_seek:
        stx PPU_ADDR
        sta PPU_ADDR
        rts
; void __fastcall__ vram_put(unsigned char value)
_vram_put:
        sta PPU_DATA
        rts
; void __fastcall__ vram_fill(unsigned count): `count` times spr_frame
_vram_fill:
        tay
        lda _spr_frame
        cpy #0
        beq @pages
@rest:  sta PPU_DATA
        dey
        bne @rest
@pages: cpx #0
        beq @done
@page:  sta PPU_DATA
        iny
        bne @page
        dex
        bne @page
@done:  rts

; --- the pad --------------------------------------------------------------------------------------------------------

; void read_pad(void): pad is A B Select Start Up Down Left Right from bit 7 to bit 0; pad_new what went down.
_read_pad:
        ldy _pad
        lda #1
        sta PAD_1
        sta count
        lsr a
        sta PAD_1
@bit:   lda PAD_1
        and #3
        cmp #1
        rol count
        bcc @bit
        lda count
        sta _pad
        tya
        eor #$FF
        and _pad
        sta _pad_new
        rts

; --- sprites --------------------------------------------------------------------------------------------------------

; void clear_sprites(void): all but sprite 0 leave the screen.
_clear_sprites:
        lda #$F8
        ldx #4
@hide:  sta OAM,x
        inx
        inx
        inx
        inx
        bne @hide
        lda #4
        sta _spr_next
        rts

; void put_sprite(void): 2 * 2 tiles of picture spr_frame at spr_x, spr_y; spr_flags as in OAM, bit 6 mirrors all.
; void put_tall_sprite(void): the same with 2 * 3 tiles.
_put_sprite:
        lda #4
        bne put
_put_tall_sprite:
        lda #6
put:    sta count
        ldx _spr_frame
        lda metasprite_lo,x
        sta pointer
        lda metasprite_hi,x
        sta pointer+1
        ldx _spr_next
        ldy #0
@tile:  cpy count
        beq @done
        lda (pointer),y
        beq @skip               ; tile 0 is empty
        sta OAM+1,x
        lda _spr_y
        sta OAM,x
        lda _spr_flags
        sta OAM+2,x
        and #$40
        beq @plain
        tya
        eor #1
        jmp @side
@plain: tya
@side:  and #1
        beq @left
        lda _spr_x
        clc
        adc #8
        ror a                   ; the carry to bit 7
        eor _spr_clip
        bmi @skip               ; beyond an edge
        eor _spr_clip
        rol a
        jmp @column
@left:  lda _spr_clip
        bmi @skip
        lda _spr_x
@column:
        sta OAM+3,x
        inx
        inx
        inx
        inx
        beq @full
@skip:  iny
        tya
        and #1
        bne @tile
        lda _spr_y
        clc
        adc #8
        sta _spr_y
        jmp @tile
@full:  ldx #$FC                ; 64 sprites: the last one is given up
@done:  stx _spr_next
        ; a sprite that was begun and left out must not show
        lda #$F8
        sta OAM,x
        rts

        .segment "VECTORS"
        .word nmi, reset, irq
