/* Numbers that are read after every single frame of a step, and when the step is over before its last frame: what an
 * integration in gym-retro's format calls its variables, and its `done`. */
#ifndef TK_FOLLOW_H
#define TK_FOLLOW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "error.h"
#include "json.h"
#include "memory.h"

enum { TK_NUMBER_BYTES = 8 };

struct tk_number {
    struct tk_place place;
    size_t addresses[TK_NUMBER_BYTES]; /* From the least significant byte on. */
    unsigned width;
    char kind; /* u unsigned, i signed, d two decimal digits a byte, n one. */
    bool masked;
    uint64_t mask;
};

struct tk_condition;

struct tk_follow {
    struct tk_number *numbers;
    size_t count;
    struct tk_condition *until; /* NULL: nothing ends a step early. */
    int64_t *before;            /* Of the frame before; not there when `fresh`. */
    bool fresh;
};

/* What the call `follow` asks for, instead of what was there. TK_E_ADDRESS, TK_E_PROTOCOL, TK_E_MEMORY; then all stays. */
int tk_follow_configure(struct tk_follow *follow, const struct tk_memory *memory, const struct tk_json *call,
                        struct tk_error *error);

/* Reads the numbers after a frame into `values`, and says in `*over` whether the step ends with it. TK_E_ADDRESS. */
int tk_follow_frame(struct tk_follow *follow, const struct tk_memory *memory, int64_t *values, bool *over,
                    struct tk_error *error);

/* The frame before is none of the past of a machine that was loaded: nothing has changed in its first frame. */
void tk_follow_forget(struct tk_follow *follow);

void tk_follow_free(struct tk_follow *follow);

#endif
