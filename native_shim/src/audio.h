/* The sound since it was taken last, at most a minute of it. */
#ifndef TK_AUDIO_H
#define TK_AUDIO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "error.h"

struct tk_audio {
    bool wanted;
    int16_t *samples; /* Left, right, left, right, ... */
    size_t count, capacity, limit; /* In pairs. */
};

void tk_audio_want(struct tk_audio *audio, bool wanted, double sample_rate);
void tk_audio_add(struct tk_audio *audio, const int16_t *samples, size_t count);

/* Writes what there is to a file, and forgets it. Returns TK_OK, or TK_E_FILE, and then keeps it. */
int tk_audio_take(struct tk_audio *audio, const char *path, struct tk_error *error);
void tk_audio_clear(struct tk_audio *audio);

#endif
