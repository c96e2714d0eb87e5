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

/* Where the pixel (x, y) of the upright picture lies, and the way to the one on its right. */
static const uint8_t *locate(const struct tk_picture *picture, unsigned x, unsigned y, ptrdiff_t *step) {
    ptrdiff_t size = (ptrdiff_t)tk_pixels_size(picture->format), row = size * (ptrdiff_t)picture->width;
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

/* `count` pixels of a row of the upright picture, side by side; copied to `room` if they do not lie so. */
static const uint8_t *row_of(const struct tk_picture *picture, unsigned x, unsigned y, unsigned count, uint8_t *room) {
    ptrdiff_t step, size = (ptrdiff_t)tk_pixels_size(picture->format);
    const uint8_t *at = locate(picture, x, y, &step);
    if (step == size) {
        return at;
    }
    for (unsigned i = 0; i < count; i++, at += step) {
        memcpy(room + i * size, at, (size_t)size);
    }
    return room;
}

/* What is shown of a picture, and of the one before it if they are blended. */
struct source {
    const struct tk_picture *picture, *before;
    unsigned x, y, width, height;
    unsigned there; /* How many of `width` pixels the picture has; what is beyond it is black. */
    unsigned depth; /* Bytes a pixel of a row that is converted: 1 gray, 3 RGB. */
    uint8_t *room[2];
};

/* One row, gray or RGB. */
static void convert_row(const struct source *source, unsigned y, uint8_t *to) {
    const struct tk_picture *picture = source->picture;
    unsigned width, height, there;
    upright(picture->width, picture->height, picture->rotation, &width, &height);
    there = picture->pixels == NULL || source->y + y >= height ? 0 : source->there;
    memset(to + (size_t)source->depth * there, 0, (size_t)source->depth * (source->width - there));
    if (there == 0) {
        return;
    }
    const uint8_t *row = row_of(picture, source->x, source->y + y, there, source->room[0]), *before = NULL;
    if (source->before != NULL) {
        before = row_of(source->before, source->x, source->y + y, there, source->room[1]);
    }
    (source->depth == 1 ? tk_pixels_gray : tk_pixels_rgb)(row, before, there, picture->format, to);
}

/* Pixels as they are published, of pixels that are converted. */
static void put_row(enum tk_pixels format, const uint8_t *row, unsigned count, uint8_t *to) {
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

/* Division of what is below 256 times the divisor, without dividing. Exact for divisors up to 2^23: the error of the
 * reciprocal times such a number is below 2^55. */
struct divisor {
    uint64_t number, reciprocal;
};

enum { RECIPROCAL_BITS = 55, LARGEST_DIVISOR = 1 << 23 };

static struct divisor make_divisor(uint64_t number) {
    struct divisor divisor = {number, 0};
    if (number <= LARGEST_DIVISOR) {
        divisor.reciprocal = (((uint64_t)1 << RECIPROCAL_BITS) + number - 1) / number;
    }
    return divisor;
}

static inline uint8_t divide(uint64_t value, struct divisor by) {
    return (uint8_t)(by.reciprocal != 0 ? value * by.reciprocal >> RECIPROCAL_BITS : value / by.number);
}

/* A column is `shown` units wide and a pixel `columns` units, so that everything stays whole. */
static bool make_taps(struct tk_image_work *work, unsigned columns, unsigned shown) {
    if (work->columns == columns && work->shown == shown) {
        return true;
    }
    /* A pixel of n columns and a bit may touch two more. */
    unsigned taps = columns / shown + 2;
    free(work->first);
    free(work->weights);
    work->columns = 0;
    work->first = malloc(shown * sizeof *work->first);
    work->weights = calloc((size_t)shown * taps, sizeof *work->weights);
    if (work->first == NULL || work->weights == NULL) {
        return false;
    }
    for (unsigned i = 0; i < shown; i++) {
        uint64_t start = (uint64_t)i * columns, end = start + columns;
        work->first[i] = (uint32_t)(start / shown);
        for (unsigned k = 0; k < taps; k++) {
            uint64_t left = (uint64_t)(work->first[i] + k) * shown, right = left + shown;
            left = left > start ? left : start;
            right = right < end ? right : end;
            work->weights[(size_t)i * taps + k] = right > left ? (uint32_t)(right - left) : 0;
        }
    }
    work->columns = columns;
    work->shown = shown;
    work->taps = taps;
    return true;
}

/* Sums of columns become pixels: each is the mean of what it covers. */
static inline void shrink_row(const struct tk_image_work *work, unsigned depth, struct divisor whole, uint8_t *row) {
    const uint32_t *weights = work->weights;
    for (unsigned i = 0; i < work->shown; i++, weights += work->taps) {
        const uint32_t *at = work->sums + (size_t)work->first[i] * depth;
        for (unsigned channel = 0; channel < depth; channel++) {
            uint64_t sum = whole.number / 2;
            for (unsigned k = 0; k < work->taps; k++) {
                sum += (uint64_t)at[k * depth + channel] * weights[k];
            }
            row[(size_t)i * depth + channel] = divide(sum, whole);
        }
    }
}

static void scale(const struct tk_image_work *work, const struct tk_view *view, const struct source *source,
                  uint8_t *row, uint8_t *target) {
    unsigned from = source->height, to = view->scaled_height, items = source->width * source->depth;
    size_t stride = (size_t)view->scaled_width * tk_image_pixel_size(view->format);
    struct divisor whole = make_divisor((uint64_t)source->width * source->height);
    unsigned have = from; /* Which row is converted; none yet. */
    for (unsigned j = 0; j < to; j++, target += stride) {
        uint64_t start = (uint64_t)j * from, end = start + from;
        memset(work->sums, 0, items * sizeof *work->sums);
        for (unsigned y = (unsigned)(start / to); (uint64_t)y * to < end; y++) {
            uint64_t top = (uint64_t)y * to, bottom = top + to;
            uint64_t weight = (bottom < end ? bottom : end) - (top > start ? top : start);
            if (y != have) {
                convert_row(source, y, row);
                have = y;
            }
            tk_pixels_add(work->sums, row, (uint32_t)weight, items);
        }
        if (source->depth == 1) {
            shrink_row(work, 1, whole, target);
            continue;
        }
        uint8_t *result = view->format == TK_PIXELS_BGRX ? row + items : target;
        shrink_row(work, 3, whole, result);
        if (result != target) {
            put_row(view->format, result, view->scaled_width, target);
        }
    }
}

static bool make_room(struct tk_image_work *work, size_t bytes, size_t sums) {
    if (bytes > work->byte_capacity) {
        free(work->bytes);
        work->bytes = malloc(bytes);
        work->byte_capacity = work->bytes == NULL ? 0 : bytes;
    }
    if (sums > work->sum_capacity) {
        free(work->sums);
        work->sums = calloc(sums, sizeof *work->sums);
        work->sum_capacity = work->sums == NULL ? 0 : sums;
    }
    return work->byte_capacity >= bytes && work->sum_capacity >= sums;
}

/* Whether two pictures can be laid on each other. */
static bool alike(const struct tk_picture *one, const struct tk_picture *other) {
    return one->width == other->width && one->height == other->height && one->rotation == other->rotation &&
           one->format == other->format && one->pixels != NULL && other->pixels != NULL;
}

static struct source source_of(const struct tk_view *view, const struct tk_picture *picture) {
    struct source source = {.picture = picture, .depth = view->format == TK_PIXELS_GRAY8 ? 1 : 3};
    unsigned width, height;
    upright(picture->width, picture->height, picture->rotation, &width, &height);
    source.width = view->cropped ? view->width : width;
    source.height = view->cropped ? view->height : height;
    source.x = view->cropped ? view->x : 0;
    source.y = view->cropped ? view->y : 0;
    source.there = source.x >= width ? 0 : width - source.x < source.width ? width - source.x : source.width;
    return source;
}

static bool is_scaled(const struct tk_view *view, const struct source *source) {
    return view->scaled && (view->scaled_width != source->width || view->scaled_height != source->height);
}

int tk_image_prepare(struct tk_image_work *work, const struct tk_view *view, const struct tk_picture *picture,
                     struct tk_error *error) {
    struct source source = source_of(view, picture);
    bool scaled = is_scaled(view, &source);
    /* Two rows of pixels, one of converted ones, and one of the result. */
    size_t items = (size_t)source.width * source.depth, result = scaled ? 3 * (size_t)view->scaled_width : 0;
    size_t bytes = 2 * 4 * (size_t)source.width + items + result;
    /* Taps may reach past the last column, where their weight is 0. */
    size_t sums = scaled ? items + 3 * (source.width / (size_t)view->scaled_width + 2) : 1;
    if (!make_room(work, bytes, sums) || (scaled && !make_taps(work, source.width, view->scaled_width))) {
        return tk_error_set(error, TK_E_MEMORY, "no memory for a frame of %ux%u pixels", source.width, source.height);
    }
    return TK_OK;
}

int tk_image_render(struct tk_image_work *work, const struct tk_view *view, const struct tk_picture *picture,
                    const struct tk_picture *before, uint8_t *target, struct tk_error *error) {
    int prepared = tk_image_prepare(work, view, picture, error);
    if (prepared < 0) {
        return prepared;
    }
    struct source source = source_of(view, picture);
    source.before = before != NULL && view->blend && alike(picture, before) ? before : NULL;
    source.room[0] = work->bytes;
    source.room[1] = source.room[0] + 4 * (size_t)source.width;
    uint8_t *row = source.room[1] + 4 * (size_t)source.width;
    if (is_scaled(view, &source)) {
        scale(work, view, &source, row, target);
        return TK_OK;
    }
    size_t stride = (size_t)source.width * tk_image_pixel_size(view->format);
    for (unsigned y = 0; y < source.height; y++, target += stride) {
        if (view->format == TK_PIXELS_BGRX) {
            convert_row(&source, y, row);
            put_row(view->format, row, source.width, target);
        } else {
            convert_row(&source, y, target);
        }
    }
    return TK_OK;
}

void tk_image_free(struct tk_image_work *work) {
    free(work->bytes);
    free(work->sums);
    free(work->first);
    free(work->weights);
    *work = (struct tk_image_work){0};
}
