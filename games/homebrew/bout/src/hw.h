/* The board as bout uses it: inputs, colours, text layer, sprite list. Facts: MAME src/mame/capcom/cps3.cpp. */
#ifndef HW_H
#define HW_H

#include <stdint.h>

enum { SCREEN_W = 384, SCREEN_H = 224, TEXT_W = 48, TEXT_H = 28 };

/* Colours are 15 bits: red 0-4, green 5-9, blue 10-14. */
#define RGB(r, g, b) ((uint16_t)((r) | (g) << 5 | (b) << 10))

/* Text palettes: 16 colours each, from colour 512 on. Sprite palettes: 64 colours each, from colour 64 * n on. */
enum { TEXT_COLOUR_BASE = 512, SPRITE_PALETTE_FIRST = 16 };

void hw_init(void);
void hw_colour(int index, uint16_t colour);

/* Unpack run-length coded 16x16 tiles into character RAM. Each byte is (run - 1) << bits | colour. */
void hw_unpack_words(const uint8_t *packed, int words, int first_word, int bits);  /* start.s */
void hw_unpack_tiles(const uint8_t *packed, int tiles, int first_tile, int bits);
void hw_unpack_text_tile(int tile, const uint8_t *rows, uint8_t colour, uint8_t shadow, uint8_t ground);
void hw_set_text_tile(int tile, const uint8_t pixels[64]);

uint32_t hw_inputs(void);
uint32_t hw_extra(void);

/* With TEXT_BOXED in its palette a text stands on the ground colour of the letters at TEXT_BOX_TILES. */
enum { TEXT_BOXED = 64, TEXT_BOX_TILES = 0x180 - 32 };

/* Text: a shadow copy in work RAM keeps unchanged cells from being written again. */
void text_cell(int x, int y, int palette, int tile);
void text_put(int x, int y, int palette, const char *s);
void text_centre(int y, int palette, const char *s);
void text_number(int x, int y, int palette, int value, int digits);
void text_fill(int x, int y, int w, int h);
void text_clear(void);

/* Sprites: later ones cover earlier ones. Sizes are in tiles: 1, 2, 4 or 8. */
void sprites_begin(void);
void sprite(int tile, int palette, int x, int y, int w, int h, int flip);
void sprites_end(void);

#endif
