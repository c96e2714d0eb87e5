#include "pixels.h"

#include "lr_abi.h"

struct colour {
    unsigned red, green, blue;
};

unsigned tk_pixels_size(int format) {
    return format == LR_PIXEL_XRGB8888 ? 4 : 2;
}

static inline struct colour unpack(const uint8_t *at, int format) {
    if (format == LR_PIXEL_XRGB8888) {
        return (struct colour){at[2], at[1], at[0]};
    }
    unsigned pixel = at[0] | (unsigned)at[1] << 8, fill = (format & TK_ZERO_FILLED) != 0 ? 0 : 7;
    unsigned low = pixel & 31, middle, high;
    struct colour colour;
    if ((format & ~TK_ZERO_FILLED) == LR_PIXEL_RGB565) {
        middle = pixel >> 5 & 63;
        high = pixel >> 11;
        colour.green = middle << 2 | (middle >> 4 & fill);
    } else {
        middle = pixel >> 5 & 31;
        high = pixel >> 10 & 31;
        colour.green = middle << 3 | (middle >> 2 & fill);
    }
    colour.blue = low << 3 | (low >> 2 & fill);
    colour.red = high << 3 | (high >> 2 & fill);
    return colour;
}

static inline unsigned brighter(unsigned one, unsigned other) {
    return one > other ? one : other;
}

static inline struct colour read_pixel(const uint8_t *row, const uint8_t *before, unsigned i, unsigned size, int format) {
    struct colour colour = unpack(row + (size_t)i * size, format);
    if (before != NULL) {
        struct colour other = unpack(before + (size_t)i * size, format);
        colour.red = brighter(colour.red, other.red);
        colour.green = brighter(colour.green, other.green);
        colour.blue = brighter(colour.blue, other.blue);
    }
    return colour;
}

void tk_pixels_rgb(const uint8_t *row, const uint8_t *before, unsigned count, int format, uint8_t *to) {
    unsigned size = tk_pixels_size(format);
    for (unsigned i = tk_pixels_rgb_fast(row, before, count, format, to); i < count; i++) {
        struct colour colour = read_pixel(row, before, i, size, format);
        to[3 * (size_t)i] = (uint8_t)colour.red;
        to[3 * (size_t)i + 1] = (uint8_t)colour.green;
        to[3 * (size_t)i + 2] = (uint8_t)colour.blue;
    }
}

void tk_pixels_gray(const uint8_t *row, const uint8_t *before, unsigned count, int format, uint8_t *to) {
    unsigned size = tk_pixels_size(format);
    for (unsigned i = tk_pixels_gray_fast(row, before, count, format, to); i < count; i++) {
        struct colour colour = read_pixel(row, before, i, size, format);
        to[i] = (uint8_t)((TK_RED * colour.red + TK_GREEN * colour.green + TK_BLUE * colour.blue) >> TK_GRAY_SHIFT);
    }
}

void tk_pixels_add(uint32_t *sums, const uint8_t *row, uint32_t weight, unsigned count) {
    for (unsigned i = tk_pixels_add_fast(sums, row, weight, count); i < count; i++) {
        sums[i] += weight * row[i];
    }
}
