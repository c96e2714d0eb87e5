/* Rows of pixels, from what a core draws to what is published. The loops that all frames go through. */
#ifndef TK_PIXELS_H
#define TK_PIXELS_H

#include <stddef.h>
#include <stdint.h>

/* Beside libretro's three formats: 16-bit colours widened with zeros instead of their own upper bits. */
enum { TK_ZERO_FILLED = 16 };

/* Bytes a pixel of such a format. */
unsigned tk_pixels_size(int format);

/* `count` pixels of `row`, which lie side by side, as RGB (3 bytes each) or gray (1 byte each). With `before`, a row of
 * the same format, each colour is the brighter of the two. Both are the same on every machine to the bit. */
void tk_pixels_rgb(const uint8_t *row, const uint8_t *before, unsigned count, int format, uint8_t *to);
void tk_pixels_gray(const uint8_t *row, const uint8_t *before, unsigned count, int format, uint8_t *to);

/* sums[i] += weight * row[i] for `count` bytes. */
void tk_pixels_add(uint32_t *sums, const uint8_t *row, uint32_t weight, unsigned count);

/* The weights of red, green and blue in gray, of 32768: those of Gymnasium's GrayscaleObservation, which are 0.2125,
 * 0.7154 and 0.0721, and which cuts off what is not whole. */
enum { TK_RED = 6963, TK_GREEN = 23442, TK_BLUE = 2363, TK_GRAY_SHIFT = 15 };

/* The same with vector instructions: how many pixels from the first on they have done, which may be none. */
unsigned tk_pixels_rgb_fast(const uint8_t *row, const uint8_t *before, unsigned count, int format, uint8_t *to);
unsigned tk_pixels_gray_fast(const uint8_t *row, const uint8_t *before, unsigned count, int format, uint8_t *to);
unsigned tk_pixels_add_fast(uint32_t *sums, const uint8_t *row, uint32_t weight, unsigned count);

#endif
