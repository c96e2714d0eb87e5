/* The core's pictures: the last one, and the one before it, as the core gave them. */
#ifndef TK_VIDEO_H
#define TK_VIDEO_H

#include <stdbool.h>
#include <stddef.h>

#include "image.h"
#include "lr_abi.h"

struct tk_video {
    int format;        /* Of enum lr_pixel_format. */
    unsigned rotation; /* In quarters, counter-clockwise. */
    struct tk_picture pictures[2];
    size_t capacity[2];
    int current;       /* Which of them is the last one. */
    bool any;          /* There is a last one. */
    bool before;       /* The other one is that of the emulated frame before. */
    bool stale;        /* The last one is of before a state was loaded. */
    bool drawn;        /* A picture came during this frame. */
    bool hardware;     /* The core drew with the graphics hardware, which is not there. */
    bool skips;        /* The core has left out a picture that was to be seen, so it must draw them all. */
    bool unseen;       /* Nobody will see this frame, or blend it with another. */
    bool repeats;      /* The core may show a picture again that nobody saw the first time, so all must be kept. */
    bool passed;       /* The last picture was not kept. */
    bool pairs;        /* The one before it is wanted, too. */
};

bool tk_video_set_format(struct tk_video *video, int format);

/* Between a frame and the next one, which is seen or not, and may be blended with the one before it or not. */
void tk_video_begin_frame(struct tk_video *video, bool seen, bool pairs);

/* The core's callback: a picture, or with NULL the last one again. */
void tk_video_take(struct tk_video *video, const void *data, unsigned width, unsigned height, size_t pitch);

/* Forgets the frame before, which is not of the past of a machine that was loaded. */
void tk_video_forget(struct tk_video *video);

/* What is to be shown: the last picture, or if there is none black of that size. */
struct tk_picture tk_video_now(const struct tk_video *video, const struct lr_geometry *geometry);

/* The picture to blend it with, or NULL. */
const struct tk_picture *tk_video_before(const struct tk_video *video);

void tk_video_free(struct tk_video *video);

#endif
