/* From a core's picture to a frame: upright, blended, gray, cut, scaled. Pure functions of their arguments. */
#ifndef TK_IMAGE_H
#define TK_IMAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "error.h"
#include "pixels.h"
#include "tk_layout.h"

/* A picture as the core made it, rows without gaps; without pixels it is black. */
struct tk_picture {
    uint8_t *pixels;
    unsigned width, height;
    int format;        /* Of enum lr_pixel_format; with 16 bits perhaps with TK_ZERO_FILLED. */
    unsigned rotation; /* How many quarters it is to be turned, counter-clockwise. */
};

struct tk_view {
    enum tk_pixels format;
    bool cropped, scaled, blend, zero_filled;
    unsigned x, y, width, height;       /* What is cut, if it is. */
    unsigned scaled_width, scaled_height;
};

/* Memory that is kept from one frame to the next. */
struct tk_image_work {
    uint8_t *bytes; /* Two rows of pixels put side by side, and one that is converted. */
    size_t byte_capacity;
    uint32_t *sums; /* Of the rows that a row of the frame covers. */
    size_t sum_capacity;
    /* How `columns` become `shown`: pixel i is made of `taps` columns from `first[i]` on, each with its weight. */
    uint32_t *first, *weights;
    unsigned columns, shown, taps;
};

unsigned tk_image_pixel_size(enum tk_pixels format);

/* The size of the frame that a view makes of a picture of that size before it is turned. */
void tk_image_size(const struct tk_view *view, unsigned width, unsigned height, unsigned rotation, unsigned *to_width,
                   unsigned *to_height);

/* Makes room for what tk_image_render is going to need, so that it succeeds with these. TK_E_MEMORY. */
int tk_image_prepare(struct tk_image_work *work, const struct tk_view *view, const struct tk_picture *picture,
                     struct tk_error *error);

/* Makes the frame at `target`, which has room for it; `before` may be NULL. TK_E_MEMORY. */
int tk_image_render(struct tk_image_work *work, const struct tk_view *view, const struct tk_picture *picture,
                    const struct tk_picture *before, uint8_t *target, struct tk_error *error);

void tk_image_free(struct tk_image_work *work);

#endif
