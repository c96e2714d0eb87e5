#include "callbacks.h"

#include <stdarg.h>

#include "environment.h"
#include "frontend.h"

/* libretro's callbacks carry no pointer of the frontend's, so they have to find it here. It is the only one: a process
 * has one core. */
static struct tk_frontend *the_frontend;

static bool on_environment(unsigned command, void *data) {
    return tk_environment_answer(the_frontend, command, data);
}

static void on_video(const void *data, unsigned width, unsigned height, size_t pitch) {
    tk_video_take(&the_frontend->video, data, width, height, pitch);
}

static void on_sample(int16_t left, int16_t right) {
    tk_audio_add_pair(&the_frontend->audio, left, right);
}

static size_t on_batch(const int16_t *data, size_t frames) {
    tk_audio_add(&the_frontend->audio, data, frames);
    return frames;
}

static void on_poll(void) {
    /* What is held was settled when the step began. */
}

static int16_t on_input(unsigned port, unsigned device, unsigned index, unsigned id) {
    return tk_input_read(&the_frontend->input, port, device, index, id);
}

void tk_callbacks_log(int level, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    tk_log_write(&the_frontend->log, level, "core", format, arguments);
    va_end(arguments);
}

struct tk_core_callbacks tk_callbacks_make(struct tk_frontend *frontend) {
    the_frontend = frontend;
    return (struct tk_core_callbacks){on_environment, on_video, on_sample, on_batch, on_poll, on_input};
}
