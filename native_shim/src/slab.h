/* A place for observations that many children share: child i writes its own row, so that a batch is one array. */
#ifndef TK_SLAB_H
#define TK_SLAB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "error.h"
#include "json.h"

struct tk_slab {
    uint8_t *map;
    size_t mapped;
    int descriptor;        /* Inherited from the parent. */
    size_t offset, stride; /* Where the row is in buffer 0, and from one buffer to the next. */
    unsigned buffers;
    unsigned stack;        /* How many frames an observation has. */
    bool planar;           /* Channels first. */
    unsigned width, height, depth;
    uint8_t *frames;       /* The last `stack` of them, in a ring. */
    unsigned newest, filled;
};

/* What the call `slab` asks for, for frames of that size; instead of what was there. TK_E_PROTOCOL, TK_E_MEMORY. */
int tk_slab_configure(struct tk_slab *slab, const struct tk_json *call, unsigned width, unsigned height, unsigned depth,
                      struct tk_error *error);

/* Where the next frame is to be made. */
uint8_t *tk_slab_begin(struct tk_slab *slab);

/* Writes the observation with that frame into one of the buffers. */
void tk_slab_publish(struct tk_slab *slab, unsigned buffer);

/* The next frame is the first of an episode. */
void tk_slab_forget(struct tk_slab *slab);

/* Whether the descriptor stays open in a program that takes this one's place. */
void tk_slab_keep_open(const struct tk_slab *slab);

void tk_slab_free(struct tk_slab *slab);

#endif
