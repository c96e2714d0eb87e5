#include "image.h"

#include <stdlib.h>
#include <string.h>

#include "lr_abi.h"

unsigned tk_image_pixel_size(enum tk_pixels format) {
    return format == TK_PIXELS_GRAY8 ? 1 : format == TK_PIXELS_RGB24 ? 3 : 4;
}

/* The sides of a picture when it stands upright. */
static void upright(unsigned width, unsigned height, unsigned rotation, unsigned *to_width, unsigned *to_height) {
    *to_width = rotation % 2 == 0 ? width : height;
    *to_height = rotation % 2 == 0 ? height : width;
}

void tk_image_size(const struct tk_view *view, unsigned width, unsigned height, unsigned rotation, unsigned *to_width,
                   unsigned *to_height) {
    upright(width, height, rotation, to_width, to_height);
    if (view->cropped) {
        *to_width = view->width;
        *to_height = view->height;
    }
    if (view->scaled) {
        *to_width = view->scaled_width;
        *to_height = view->scaled_height;
    }
}

static inline uint8_t gray_of(unsigned red, unsigned green, unsigned blue) {
    return (uint8_t)((299 * red + 587 * green + 114 * blue + 500) / 1000);
}

static inline void unpack(const uint8_t *at, int format, uint8_t *red, uint8_t *green, uint8_t *blue) {
    if (format == LR_PIXEL_XRGB8888) {
        *blue = at[0];
        *green = at[1];
        *red = at[2];
        return;
    }
    unsigned pixel = at[0] | (unsigned)at[1] << 8;
    unsigned low = pixel & 31, middle, high;
    unsigned fill = (format & TK_PICTURE_ZERO_FILLED) != 0 ? 0 : 7;
    if ((format & ~TK_PICTURE_ZERO_FILLED) == LR_PIXEL_RGB565) {
        middle = pixel >> 5 & 63;
        high = pixel >> 11;
        *green = (uint8_t)(middle << 2 | (middle >> 4 & fill));
    } else {
        middle = pixel >> 5 & 31;
        high = pixel >> 10 & 31;
        *green = (uint8_t)(middle << 3 | (middle >> 2 & fill));
    }
    *blue = (uint8_t)(low << 3 | (low >> 2 & fill));
    *red = (uint8_t)(high << 3 | (high >> 2 & fill));
}

static inline void unpack_row(const uint8_t *at, ptrdiff_t step, unsigned count, int format, uint8_t *to) {
    for (unsigned i = 0; i < count; i++, at += step, to += 3) {
        unpack(at, format, &to[0], &to[1], &to[2]);
    }
}

/* Where the pixel (x, y) of the upright picture lies, and the way to the one on its right. */
static const uint8_t *locate(const struct tk_picture *picture, unsigned x, unsigned y, ptrdiff_t *step) {
    ptrdiff_t size = picture->format == LR_PIXEL_XRGB8888 ? 4 : 2, row = size * (ptrdiff_t)picture->width;
    ptrdiff_t right = (ptrdiff_t)picture->width - 1, bottom = (ptrdiff_t)picture->height - 1;
    ptrdiff_t from_x, from_y;
    switch (picture->rotation % 4) {
    case 0:
        from_x = x, from_y = y, *step = size;
        break;
    case 1:
        from_x = right - (ptrdiff_t)y, from_y = x, *step = row;
        break;
    case 2:
        from_x = right - (ptrdiff_t)x, from_y = bottom - (ptrdiff_t)y, *step = -size;
        break;
    default:
        from_x = y, from_y = bottom - (ptrdiff_t)x, *step = -row;
        break;
    }
    return picture->pixels + from_y * row + from_x * size;
}

/* A part of one row as RGB, black where there is no picture. */
static void read_rgb(const struct tk_picture *picture, unsigned x, unsigned y, unsigned count, uint8_t *to) {
    unsigned width, height;
    upright(picture->width, picture->height, picture->rotation, &width, &height);
    unsigned there = picture->pixels == NULL || y >= height || x >= width ? 0 : width - x < count ? width - x : count;
    memset(to + 3 * (size_t)there, 0, 3 * (size_t)(count - there));
    if (there == 0) {
        return;
    }
    ptrdiff_t step;
    const uint8_t *at = locate(picture, x, y, &step);
    /* The numbers are repeated so that the compiler makes a loop for each of the common cases. */
    if (picture->format == LR_PIXEL_RGB565 && step == 2) {
        unpack_row(at, 2, there, LR_PIXEL_RGB565, to);
    } else if (picture->format == (LR_PIXEL_RGB565 | TK_PICTURE_ZERO_FILLED) && step == 2) {
        unpack_row(at, 2, there, LR_PIXEL_RGB565 | TK_PICTURE_ZERO_FILLED, to);
    } else if (picture->format == LR_PIXEL_XRGB8888 && step == 4) {
        unpack_row(at, 4, there, LR_PIXEL_XRGB8888, to);
    } else if (picture->format == LR_PIXEL_0RGB1555 && step == 2) {
        unpack_row(at, 2, there, LR_PIXEL_0RGB1555, to);
    } else {
        unpack_row(at, step, there, picture->format, to);
    }
}

/* The same in gray, without a detour for pixels of 16 bits. */
static void read_gray(struct tk_image_work *work, const struct tk_picture *picture, unsigned x, unsigned y,
                      unsigned count, uint8_t *to) {
    unsigned width, height;
    upright(picture->width, picture->height, picture->rotation, &width, &height);
    unsigned there = picture->pixels == NULL || y >= height || x >= width ? 0 : width - x < count ? width - x : count;
    memset(to + there, 0, count - there);
    if (there == 0) {
        return;
    }
    ptrdiff_t step;
    const uint8_t *at = locate(picture, x, y, &step);
    if (picture->format == LR_PIXEL_XRGB8888) {
        for (unsigned i = 0; i < there; i++, at += step) {
            to[i] = gray_of(at[2], at[1], at[0]);
        }
        return;
    }
    const uint8_t *table = work->gray;
    for (unsigned i = 0; i < there; i++, at += step) {
        to[i] = table[at[0] | (unsigned)at[1] << 8];
    }
}

static bool make_gray_table(struct tk_image_work *work, int format) {
    if (work->gray != NULL && work->gray_format == format) {
        return true;
    }
    if (work->gray == NULL) {
        work->gray = malloc(65536);
        if (work->gray == NULL) {
            return false;
        }
    }
    for (unsigned pixel = 0; pixel < 65536; pixel++) {
        uint8_t bytes[4] = {(uint8_t)pixel, (uint8_t)(pixel >> 8)}, red, green, blue;
        unpack(bytes, format, &red, &green, &blue);
        work->gray[pixel] = gray_of(red, green, blue);
    }
    work->gray_format = format;
    return true;
}

/* Whether a row is the same in both, as most are; only looked at where rows lie as they are shown. */
static bool is_same_row(const struct tk_picture *one, const struct tk_picture *other, unsigned y) {
    if (one->rotation != 0 || other->rotation != 0 || one->format != other->format || one->width != other->width ||
        y >= one->height || y >= other->height) {
        return false;
    }
    size_t row = (size_t)one->width * (one->format == LR_PIXEL_XRGB8888 ? 4 : 2);
    return memcmp(one->pixels + y * row, other->pixels + y * row, row) == 0;
}

/* One row of the cut picture, `depth` bytes a pixel: 1 gray, 3 RGB. */
static void read_row(struct tk_image_work *work, const struct tk_picture *picture, const struct tk_picture *before,
                     unsigned x, unsigned y, unsigned count, unsigned depth, uint8_t *to) {
    if (before != NULL && is_same_row(picture, before, y)) {
        before = NULL;
    }
    if (before == NULL && depth == 1) {
        read_gray(work, picture, x, y, count, to);
        return;
    }
    if (before == NULL) {
        read_rgb(picture, x, y, count, to);
        return;
    }
    uint8_t *rgb = work->rows + work->row_capacity / 3, *other = work->rows + work->row_capacity / 3 * 2;
    read_rgb(picture, x, y, count, rgb);
    read_rgb(before, x, y, count, other);
    for (size_t i = 0; i < 3 * (size_t)count; i++) {
        rgb[i] = rgb[i] > other[i] ? rgb[i] : other[i];
    }
    if (depth == 3) {
        memcpy(to, rgb, 3 * (size_t)count);
        return;
    }
    for (unsigned i = 0; i < count; i++) {
        to[i] = gray_of(rgb[3 * i], rgb[3 * i + 1], rgb[3 * i + 2]);
    }
}

static bool make_room(struct tk_image_work *work, size_t width, size_t to_width) {
    size_t rows = 9 * width, sums = 3 * to_width;
    if (rows > work->row_capacity) {
        free(work->rows);
        work->rows = malloc(rows);
        work->row_capacity = work->rows == NULL ? 0 : rows;
    }
    if (sums > work->sum_capacity) {
        free(work->line);
        free(work->sums);
        work->line = malloc(sums * sizeof *work->line);
        work->sums = malloc(sums * sizeof *work->sums);
        work->sum_capacity = work->line == NULL || work->sums == NULL ? 0 : sums;
    }
    return work->row_capacity >= rows && work->sum_capacity >= sums;
}

/* Sums of a row, each over the part that one pixel of the result covers. A source pixel is `to` units wide, a pixel of
 * the result `from` units, so that everything stays whole. */
static inline void shrink_row(const uint8_t *row, unsigned from, unsigned to, unsigned depth, uint32_t *line) {
    for (unsigned i = 0; i < to; i++) {
        uint64_t start = (uint64_t)i * from, end = start + from;
        unsigned first = (unsigned)(start / to), last = (unsigned)((end - 1) / to);
        for (unsigned channel = 0; channel < depth; channel++) {
            const uint8_t *at = row + (size_t)first * depth + channel;
            if (first == last) {
                line[i * depth + channel] = *at * from;
                continue;
            }
            uint32_t sum = *at * (uint32_t)((uint64_t)(first + 1) * to - start), inner = 0;
            for (unsigned k = first + 1; k < last; k++) {
                at += depth;
                inner += *at;
            }
            at += depth;
            line[i * depth + channel] = sum + inner * to + *at * (uint32_t)(end - (uint64_t)last * to);
        }
    }
}

static void put_pixels(enum tk_pixels format, const uint8_t *row, unsigned count, uint8_t *to) {
    if (format != TK_PIXELS_BGRX) {
        memcpy(to, row, (size_t)count * tk_image_pixel_size(format));
        return;
    }
    for (unsigned i = 0; i < count; i++) {
        to[4 * i] = row[3 * i + 2];
        to[4 * i + 1] = row[3 * i + 1];
        to[4 * i + 2] = row[3 * i];
        to[4 * i + 3] = 255;
    }
}

struct area {
    unsigned x, y, width, height;
};

static void scale(struct tk_image_work *work, const struct tk_view *view, const struct tk_picture *picture,
                  const struct tk_picture *before, struct area area, unsigned depth, uint8_t *target) {
    unsigned to_width = view->scaled_width, to_height = view->scaled_height;
    size_t stride = (size_t)to_width * tk_image_pixel_size(view->format), items = (size_t)to_width * depth;
    uint64_t whole = (uint64_t)area.width * area.height;
    unsigned have = area.height; /* Which row `line` holds; none yet. */
    for (unsigned j = 0; j < to_height; j++) {
        uint64_t start = (uint64_t)j * area.height, end = start + area.height;
        memset(work->sums, 0, items * sizeof *work->sums);
        for (unsigned y = (unsigned)(start / to_height); (uint64_t)y * to_height < end; y++) {
            uint64_t top = (uint64_t)y * to_height, bottom = top + to_height;
            uint64_t weight = (bottom < end ? bottom : end) - (top > start ? top : start);
            if (y != have) {
                read_row(work, picture, before, area.x, area.y + y, area.width, depth, work->rows);
                if (depth == 1) {
                    shrink_row(work->rows, area.width, to_width, 1, work->line);
                } else {
                    shrink_row(work->rows, area.width, to_width, 3, work->line);
                }
                have = y;
            }
            for (size_t i = 0; i < items; i++) {
                work->sums[i] += weight * work->line[i];
            }
        }
        uint8_t *out = target + j * stride;
        if (view->format == TK_PIXELS_BGRX) {
            for (unsigned i = 0; i < to_width; i++) {
                for (unsigned channel = 0; channel < 3; channel++) {
                    out[4 * i + 2 - channel] = (uint8_t)((work->sums[3 * i + channel] + whole / 2) / whole);
                }
                out[4 * i + 3] = 255;
            }
            continue;
        }
        for (size_t i = 0; i < items; i++) {
            out[i] = (uint8_t)((work->sums[i] + whole / 2) / whole);
        }
    }
}

int tk_image_render(struct tk_image_work *work, const struct tk_view *view, const struct tk_picture *picture,
                    const struct tk_picture *before, uint8_t *target, struct tk_error *error) {
    struct area area = {0};
    upright(picture->width, picture->height, picture->rotation, &area.width, &area.height);
    if (before != NULL) {
        unsigned width, height;
        upright(before->width, before->height, before->rotation, &width, &height);
        if (!view->blend || width != area.width || height != area.height) {
            before = NULL;
        }
    }
    if (view->cropped) {
        area = (struct area){view->x, view->y, view->width, view->height};
    }
    unsigned depth = view->format == TK_PIXELS_GRAY8 ? 1 : 3;
    bool table = depth == 1 && picture->format != LR_PIXEL_XRGB8888;
    bool scaled = view->scaled && (view->scaled_width != area.width || view->scaled_height != area.height);
    if (!make_room(work, area.width, scaled ? view->scaled_width : 1) ||
        (table && !make_gray_table(work, picture->format))) {
        return tk_error_set(error, TK_E_MEMORY, "no memory for a frame of %ux%u pixels", area.width, area.height);
    }
    if (scaled) {
        scale(work, view, picture, before, area, depth, target);
        return TK_OK;
    }
    size_t stride = (size_t)area.width * tk_image_pixel_size(view->format);
    for (unsigned y = 0; y < area.height; y++) {
        uint8_t *out = target + y * stride;
        if (view->format == TK_PIXELS_BGRX) {
            read_row(work, picture, before, area.x, area.y + y, area.width, depth, work->rows);
            put_pixels(view->format, work->rows, area.width, out);
        } else {
            read_row(work, picture, before, area.x, area.y + y, area.width, depth, out);
        }
    }
    return TK_OK;
}

void tk_image_free(struct tk_image_work *work) {
    free(work->rows);
    free(work->line);
    free(work->sums);
    free(work->gray);
    *work = (struct tk_image_work){0};
}
