/* The sound since it was taken last, at most a minute of it; or that of the last frame only. */
#ifndef TK_AUDIO_H
#define TK_AUDIO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "error.h"

struct tk_audio {
    bool wanted;
    bool last_only; /* Of the last frame, which is kept when it is taken. */
    int16_t *samples; /* Left, right, left, right, ... */
    size_t count, capacity, limit; /* In pairs. */
};

/* `all` wins over `last`, which is the sound of the last frame. */
void tk_audio_want(struct tk_audio *audio, bool all, bool last, double sample_rate);
void tk_audio_begin_frame(struct tk_audio *audio);
void tk_audio_add(struct tk_audio *audio, const int16_t *samples, size_t count);

/* tk_audio_add of one pair; some cores hand over hundreds in a frame, one by one. */
static inline void tk_audio_add_pair(struct tk_audio *audio, int16_t left, int16_t right) {
    if (!audio->wanted) {
        return;
    }
    if (audio->count < audio->capacity && audio->count < audio->limit) {
        audio->samples[2 * audio->count] = left;
        audio->samples[2 * audio->count + 1] = right;
        audio->count++;
    } else {
        const int16_t pair[2] = {left, right};
        tk_audio_add(audio, pair, 1);
    }
}

/* Writes what there is to a file, and forgets it unless it is the last frame's. Returns TK_OK, or TK_E_FILE, and then
 * keeps it. */
int tk_audio_take(struct tk_audio *audio, const char *path, struct tk_error *error);
void tk_audio_clear(struct tk_audio *audio);

#endif
