#include "video.h"

#include <stdlib.h>
#include <string.h>

enum { MAX_SIDE = 16384 };

bool tk_video_set_format(struct tk_video *video, int format) {
    if (format != LR_PIXEL_0RGB1555 && format != LR_PIXEL_XRGB8888 && format != LR_PIXEL_RGB565) {
        return false;
    }
    video->format = format;
    return true;
}

void tk_video_begin_frame(struct tk_video *video, bool seen, bool pairs) {
    video->unseen = !seen;
    video->pairs = pairs;
    /* Without a new picture this frame's and the one's before it are the same, until one comes. */
    video->before = false;
    video->drawn = false;
}

void tk_video_take(struct tk_video *video, const void *data, unsigned width, unsigned height, size_t pitch) {
    if (data == NULL) {
        /* A core that never asked whether it may do this; from now on it is expected. */
        video->repeats = video->repeats || video->passed;
        return;
    }
    if (data == LR_HARDWARE_FRAME) {
        video->hardware = true;
        return;
    }
    size_t row = (size_t)width * (video->format == LR_PIXEL_XRGB8888 ? 4 : 2);
    if (width == 0 || height == 0 || width > MAX_SIDE || height > MAX_SIDE || (pitch < row && height > 1)) {
        return;
    }
    if (video->unseen && !video->repeats && video->any) {
        video->passed = true;
        return;
    }
    video->passed = false;
    if (video->any && !video->drawn) {
        /* One place instead of two stays in the processor's cache. */
        video->current ^= video->pairs;
        video->before = video->pairs && !video->stale;
        video->stale = false;
    }
    struct tk_picture *picture = &video->pictures[video->current];
    size_t size = row * height;
    if (size > video->capacity[video->current]) {
        uint8_t *pixels = realloc(picture->pixels, size);
        if (pixels == NULL) {
            return;
        }
        picture->pixels = pixels;
        video->capacity[video->current] = size;
    }
    if (pitch == row) {
        memcpy(picture->pixels, data, size);
    } else {
        for (unsigned y = 0; y < height; y++) {
            memcpy(picture->pixels + y * row, (const uint8_t *)data + y * pitch, row);
        }
    }
    picture->width = width;
    picture->height = height;
    picture->format = video->format;
    picture->rotation = video->rotation;
    video->any = video->drawn = true;
}

void tk_video_forget(struct tk_video *video) {
    video->stale = true;
    video->before = false;
}

struct tk_picture tk_video_now(const struct tk_video *video, const struct lr_geometry *geometry) {
    if (video->any) {
        return video->pictures[video->current];
    }
    struct tk_picture black = {.width = geometry->base_width, .height = geometry->base_height, .rotation = video->rotation};
    black.width += black.width == 0;
    black.height += black.height == 0;
    return black;
}

const struct tk_picture *tk_video_before(const struct tk_video *video) {
    return video->before ? &video->pictures[video->current ^ 1] : NULL;
}

void tk_video_free(struct tk_video *video) {
    free(video->pictures[0].pixels);
    free(video->pictures[1].pixels);
    *video = (struct tk_video){0};
}
