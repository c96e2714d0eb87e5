#include "measure.h"

#include <stdio.h>
#include <time.h>

static void ignore_video(const void *data, unsigned width, unsigned height, size_t pitch) {
    (void)data, (void)width, (void)height, (void)pitch;
}

static void ignore_sample(int16_t left, int16_t right) {
    (void)left, (void)right;
}

static size_t ignore_batch(const int16_t *data, size_t frames) {
    (void)data;
    return frames;
}

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

int tk_measure(struct tk_frontend *frontend, uint32_t frames, const char *state, struct tk_error *error) {
    const struct lr_functions *core = &frontend->core.call;
    core->run(); /* Some cores take a state only once they have run. */
    if (state != NULL) {
        int result = tk_core_restore(&frontend->core, state, error);
        if (result < 0) {
            return result;
        }
    }
    core->set_video_refresh(ignore_video);
    core->set_audio_sample(ignore_sample);
    core->set_audio_sample_batch(ignore_batch);
    double start = now();
    for (uint32_t i = 0; i < frames; i++) {
        core->run();
    }
    printf("%.9f\n", now() - start);
    return TK_OK;
}
