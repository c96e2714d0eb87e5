#include "slab.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

enum { MAX_BUFFERS = 1024, MAX_STACK = 1024, MAX_DESCRIPTOR = 65535 };

static size_t frame_size(const struct tk_slab *slab) {
    return (size_t)slab->width * slab->height * slab->depth;
}

static int map_slab(struct tk_slab *slab, struct tk_error *error) {
    struct stat status;
    slab->mapped = slab->offset + (slab->buffers - 1) * slab->stride + frame_size(slab) * slab->stack;
    if (fstat(slab->descriptor, &status) != 0 || (uint64_t)status.st_size < slab->mapped) {
        return tk_error_set(error, TK_E_PROTOCOL, "the slab is not as large as it was said to be");
    }
    slab->map = mmap(NULL, slab->mapped, PROT_READ | PROT_WRITE, MAP_SHARED, slab->descriptor, 0);
    if (slab->map == MAP_FAILED) {
        slab->map = NULL;
        return tk_error_set(error, TK_E_MEMORY, "cannot map the slab: %s", strerror(errno));
    }
    fcntl(slab->descriptor, F_SETFD, FD_CLOEXEC); /* Not for programs that the core starts. */
    slab->frames = malloc(frame_size(slab) * slab->stack);
    return slab->frames == NULL ? tk_error_set(error, TK_E_MEMORY, "no memory for %u frames", slab->stack) : TK_OK;
}

int tk_slab_configure(struct tk_slab *slab, const struct tk_json *call, unsigned width, unsigned height, unsigned depth,
                      struct tk_error *error) {
    int64_t descriptor, offset, stride, buffers, stack;
    int result = tk_json_integer(call, "descriptor", 0, MAX_DESCRIPTOR, &descriptor, error);
    result = result < 0 ? result : tk_json_integer(call, "offset", 0, INT64_MAX / 4, &offset, error);
    result = result < 0 ? result : tk_json_integer(call, "stride", 0, INT64_MAX / (4 * MAX_BUFFERS), &stride, error);
    result = result < 0 ? result : tk_json_integer(call, "buffers", 1, MAX_BUFFERS, &buffers, error);
    result = result < 0 ? result : tk_json_integer(call, "stack", 1, MAX_STACK, &stack, error);
    if (result < 0) {
        return result;
    }
    struct tk_slab made = {.descriptor = (int)descriptor,
                           .offset = (size_t)offset,
                           .stride = (size_t)stride,
                           .buffers = (unsigned)buffers,
                           .stack = (unsigned)stack,
                           .planar = tk_json_true(call, "channels_first"),
                           .width = width,
                           .height = height,
                           .depth = depth};
    result = map_slab(&made, error);
    if (result < 0) {
        tk_slab_free(&made);
        return result;
    }
    tk_slab_free(slab);
    *slab = made;
    return TK_OK;
}

uint8_t *tk_slab_begin(struct tk_slab *slab) {
    slab->newest = (slab->newest + 1) % slab->stack;
    return slab->frames + slab->newest * frame_size(slab);
}

/* One frame as the channels from `first` on. */
static void put_frame(const struct tk_slab *slab, const uint8_t *frame, unsigned first, uint8_t *to) {
    size_t pixels = (size_t)slab->width * slab->height, channels = (size_t)slab->depth * slab->stack;
    if (slab->planar || channels == slab->depth) {
        to += slab->planar ? first * pixels : 0;
        if (slab->depth == 1 || !slab->planar) {
            memcpy(to, frame, frame_size(slab));
            return;
        }
        for (size_t i = 0; i < pixels; i++) {
            for (unsigned channel = 0; channel < slab->depth; channel++) {
                to[channel * pixels + i] = frame[i * slab->depth + channel];
            }
        }
        return;
    }
    to += first;
    for (size_t i = 0; i < pixels; i++) {
        for (unsigned channel = 0; channel < slab->depth; channel++) {
            to[i * channels + channel] = frame[i * slab->depth + channel];
        }
    }
}

void tk_slab_publish(struct tk_slab *slab, unsigned buffer) {
    uint8_t *to = slab->map + slab->offset + buffer * slab->stride;
    slab->filled += slab->filled < slab->stack;
    for (unsigned age = 0; age < slab->stack; age++) {
        /* Before there are as many, the first repeats. */
        unsigned back = age < slab->filled ? age : slab->filled - 1;
        unsigned place = (slab->newest + slab->stack - back) % slab->stack;
        put_frame(slab, slab->frames + place * frame_size(slab), slab->depth * (slab->stack - 1 - age), to);
    }
}

void tk_slab_forget(struct tk_slab *slab) {
    slab->filled = 0;
}

void tk_slab_keep_open(const struct tk_slab *slab) {
    if (slab->map != NULL) {
        fcntl(slab->descriptor, F_SETFD, 0);
    }
}

void tk_slab_free(struct tk_slab *slab) {
    if (slab->map != NULL) {
        munmap(slab->map, slab->mapped);
    }
    free(slab->frames);
    *slab = (struct tk_slab){0};
}
