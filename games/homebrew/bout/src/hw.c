#include "hw.h"

#define COLOURS ((volatile uint16_t *)0x04080000)
#define SPRITES ((volatile uint32_t *)0x04000000)
#define SPRITE_DMA (*(volatile uint16_t *)0x040c0082)
#define TEXT ((volatile uint32_t *)0x05040000)      /* one cell or two tile bytes per long */
#define TEXT_TILES ((volatile uint32_t *)0x05048000)
#define TEXT_PALETTE_BASE (*(volatile uint16_t *)0x05050024)
#define INPUTS (*(volatile uint32_t *)0x05000000)
#define EXTRA (*(volatile uint32_t *)0x05000004)

enum { SUBLIST_BYTES = 0x2000, MAX_SPRITES = 500 };

static uint16_t text_shadow[TEXT_W * TEXT_H];
static int sprite_count;

void hw_colour(int index, uint16_t colour)
{
    COLOURS[index] = colour;
}

void hw_init(void)
{
    volatile uint16_t *ppu = (volatile uint16_t *)0x040c0000;
    for (int i = 0; i < 16; i++)
        ppu[i] = 0;                     /* global scrolls */
    for (int i = 0x20 / 2; i < 0x60 / 2; i++)
        ppu[i] = 0;                     /* tile maps off */
    ppu[0x62 / 2] = 111;
    ppu[0x64 / 2] = 495;                /* 384 pixels wide */
    ppu[0x6c / 2] = 1023;
    ppu[0x6e / 2] = 64;                 /* no zoom */
    ppu[0x72 / 2] = 21;
    ppu[0x74 / 2] = 245;                /* 224 lines */
    ppu[0x7c / 2] = 1023;
    ppu[0x7e / 2] = 64;
    TEXT_PALETTE_BASE = TEXT_COLOUR_BASE / 512;
    for (int i = 0; i < 0x1000; i++)
        TEXT[i] = 0;                    /* map: 32 rows of 64 */
    for (int i = 0; i < 0x800; i++)
        TEXT[0x1000 + i] = 0;           /* row scrolls */
    for (int i = 0; i < 0x2000; i++)
        TEXT_TILES[i] = 0;
    for (int i = 0; i < 2048; i++)
        COLOURS[i] = 0;
    SPRITES[0] = 0x80000000;
}

void hw_unpack_tiles(const uint8_t *packed, int tiles, int first_tile, int bits)
{
    hw_unpack_words(packed, tiles * 64, first_tile * 64, bits);
}

void hw_set_text_tile(int tile, const uint8_t pixels[64])
{
    volatile uint32_t *to = TEXT_TILES + tile * 16;
    for (int i = 0; i < 64; i += 4)
        *to++ = (uint32_t)(pixels[i] | pixels[i + 1] << 4) << 16 | (pixels[i + 2] | pixels[i + 3] << 4);
}

/* Eight rows of one bit per pixel, the leftmost in bit 7; a shadow falls to the right and below. */
void hw_unpack_text_tile(int tile, const uint8_t *rows, uint8_t colour, uint8_t shadow, uint8_t ground)
{
    uint8_t pixels[64];
    uint8_t above = 0;
    for (int y = 0; y < 8; y++) {
        unsigned row = rows[y];
        unsigned dark = ((row >> 1) | above | (above >> 1)) & ~row;
        for (int x = 0; x < 8; x++) {
            pixels[y * 8 + x] = (row & 0x80) ? colour : (dark & 0x80) ? shadow : ground;
            row <<= 1;
            dark <<= 1;
        }
        above = rows[y];
    }
    hw_set_text_tile(tile, pixels);
}

uint32_t hw_inputs(void)
{
    return ~INPUTS;
}

uint32_t hw_extra(void)
{
    return ~EXTRA;
}

void text_cell(int x, int y, int palette, int tile)
{
    uint16_t cell = (uint16_t)(tile | palette << 9);
    uint16_t *shadow = text_shadow + y * TEXT_W + x;
    if (*shadow == cell)
        return;
    *shadow = cell;
    TEXT[y * 64 + x] = (uint32_t)(cell & 0xff) << 16 | cell >> 8;
}

void text_put(int x, int y, int palette, const char *s)
{
    int boxed = palette & TEXT_BOXED;
    palette &= TEXT_BOXED - 1;
    for (; *s; s++, x++)
        if (x >= 0 && x < TEXT_W)
            text_cell(x, y, palette, boxed ? TEXT_BOX_TILES + *s : *s == ' ' ? 0 : *s);
}

void text_centre(int y, int palette, const char *s)
{
    int n = 0;
    while (s[n])
        n++;
    text_put((TEXT_W - n) >> 1, y, palette, s);
}

void text_number(int x, int y, int palette, int value, int digits)
{
    static const int powers[] = {1, 10, 100, 1000, 10000, 100000, 1000000};
    for (int i = digits - 1; i >= 0; i--) {
        int digit = 0;
        while (value >= powers[i] && digit < 9) {
            value -= powers[i];
            digit++;
        }
        text_cell(x++, y, palette & (TEXT_BOXED - 1), (palette & TEXT_BOXED ? TEXT_BOX_TILES : 0) + '0' + digit);
    }
}

void text_fill(int x, int y, int w, int h)
{
    for (int j = y; j < y + h; j++)
        for (int i = x; i < x + w; i++)
            text_cell(i, j, 0, 0);
}

void text_clear(void)
{
    text_fill(0, 0, TEXT_W, TEXT_H);
}

void sprites_begin(void)
{
    sprite_count = 0;
}

static int size_code(int tiles)
{
    return tiles == 1 ? 1 : tiles == 2 ? 2 : tiles == 4 ? 3 : 0;
}

/*
 * A block is given by its upper left corner. The hardware wants its centre, with y upwards: in MAME the left edge
 * is x - width / 2 + 1 and the upper edge 1006 - y - height / 2. Code 1, 2, 3 stand for 1, 2, 4 tiles; code 0,
 * eight tiles, means "tile map" as a width and "none" as a height, so that 8 must be made of fours.
 */
void sprite(int tile, int palette, int x, int y, int w, int h, int flip)
{
    if (sprite_count >= MAX_SPRITES || x <= -128 || x >= SCREEN_W || y <= -128 || y >= SCREEN_H)
        return;
    int pw = w * 16, ph = h * 16;
    volatile uint32_t *to = SPRITES + SUBLIST_BYTES / 4 + sprite_count * 4;
    to[0] = (uint32_t)tile << 17 | (uint32_t)(flip ? 0x1000 : 0) | 0x200 | (uint32_t)palette;
    to[1] = (uint32_t)((x + (pw >> 1) - 1) & 0x3ff) << 16 | (uint32_t)((1006 - y - (ph >> 1)) & 0x3ff);
    to[2] = (uint32_t)(ph - 1) << 24 | (uint32_t)(pw - 1) << 16 | (uint32_t)(size_code(h) << 2 | size_code(w));
    sprite_count++;
}

void sprites_end(void)
{
    SPRITES[0] = (uint32_t)sprite_count << 16 | SUBLIST_BYTES >> 4;
    SPRITES[1] = 0;
    SPRITES[2] = 0;
    SPRITES[3] = 0;
    SPRITES[4] = 0x80000000;
    if (!sprite_count)
        SPRITES[0] = 0x80000000;
    SPRITE_DMA = 9;
    SPRITE_DMA = 8;
    SPRITE_DMA = 0;
}
