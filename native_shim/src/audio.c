#include "audio.h"

#include <stdlib.h>
#include <string.h>

#include "file.h"

enum { KEPT_SECONDS = 60, MAX_RATE = 1000000, PAIR = 2 * sizeof(int16_t) };

void tk_audio_want(struct tk_audio *audio, bool all, bool last, double sample_rate) {
    audio->wanted = all || last;
    audio->last_only = last && !all;
    audio->limit = (size_t)((sample_rate < MAX_RATE ? sample_rate : MAX_RATE) * KEPT_SECONDS);
    if (!audio->wanted) {
        tk_audio_clear(audio);
    }
}

void tk_audio_begin_frame(struct tk_audio *audio) {
    if (audio->last_only) {
        audio->count = 0;
    }
}

void tk_audio_add(struct tk_audio *audio, const int16_t *samples, size_t count) {
    if (!audio->wanted) {
        return;
    }
    size_t room = audio->limit > audio->count ? audio->limit - audio->count : 0;
    count = count < room ? count : room;
    if (audio->count + count > audio->capacity) {
        size_t capacity = (audio->count + count) * 2;
        int16_t *more = realloc(audio->samples, capacity * PAIR);
        if (more == NULL) {
            return;
        }
        audio->samples = more;
        audio->capacity = capacity;
    }
    if (count > 0) {
        memcpy(audio->samples + 2 * audio->count, samples, count * PAIR);
        audio->count += count;
    }
}

int tk_audio_take(struct tk_audio *audio, const char *path, struct tk_error *error) {
    int result = tk_file_write(path, audio->samples, audio->count * PAIR, error);
    if (result >= 0 && !audio->last_only) {
        audio->count = 0;
    }
    return result;
}

void tk_audio_clear(struct tk_audio *audio) {
    free(audio->samples);
    audio->samples = NULL;
    audio->count = audio->capacity = 0;
}
