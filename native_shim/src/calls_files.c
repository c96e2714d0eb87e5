/* Calls that hand something over in a file: states, sound, whole pictures. */
#include "calls_answers.h"

#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

#include "file.h"
#include "frontend.h"
#include "json.h"

/* A path of the parent's, which begins where we were started, wherever the core may have gone since. */
static int absolute(const struct tk_frontend *frontend, const struct tk_json *call, char path[static PATH_MAX],
                    struct tk_error *error) {
    const char *given;
    int result = tk_json_text(call, "path", &given, error);
    if (result < 0) {
        return result;
    }
    int size = given[0] == '/' ? snprintf(path, PATH_MAX, "%s", given)
                               : snprintf(path, PATH_MAX, "%s/%s", frontend->folder, given);
    return size < PATH_MAX ? TK_OK : tk_error_set(error, TK_E_STATE, "the path %.100s... is too long", given);
}

int tk_calls_take_audio(struct tk_frontend *frontend, const struct tk_json *call, struct tk_text *text,
                        struct tk_error *error) {
    char path[PATH_MAX];
    int result = absolute(frontend, call, path, error);
    if (result >= 0 && !frontend->audio.wanted) {
        result = tk_error_set(error, TK_E_STATE, "no sound is collected");
    }
    if (result < 0) {
        return result;
    }
    size_t count = frontend->audio.count;
    if (tk_audio_take(&frontend->audio, path, error) < 0) {
        return error->code = TK_E_STATE;
    }
    tk_text_print(text, "{\"samples\": %zu}", count);
    return TK_OK;
}

/* The whole picture, whatever is published of it. */
int tk_calls_screenshot(struct tk_frontend *frontend, const struct tk_json *call, struct tk_text *text,
                        struct tk_error *error) {
    char path[PATH_MAX];
    int result = absolute(frontend, call, path, error);
    if (result >= 0 && !frontend->pictures) {
        result = tk_error_set(error, TK_E_STATE, "no frames are drawn");
    }
    if (result < 0) {
        return result;
    }
    const struct tk_view whole = {.format = TK_PIXELS_RGB24};
    const struct tk_picture picture = tk_video_now(&frontend->video, &frontend->core.av.geometry);
    unsigned width, height;
    tk_image_size(&whole, picture.width, picture.height, picture.rotation, &width, &height);
    size_t size = (size_t)width * height * tk_image_pixel_size(whole.format);
    uint8_t *pixels = malloc(size);
    if (pixels == NULL) {
        return tk_error_set(error, TK_E_MEMORY, "no memory for a picture of %ux%u pixels", width, height);
    }
    result = tk_image_render(&frontend->image, &whole, &picture, NULL, pixels, error);
    if (result >= 0 && tk_file_write(path, pixels, size, error) < 0) {
        result = error->code = TK_E_STATE;
    }
    free(pixels);
    tk_text_print(text, "{\"width\": %u, \"height\": %u}", width, height);
    return result;
}

static void print_moment(const struct tk_frontend *frontend, struct tk_text *text) {
    tk_text_print(text, "{\"frame_number\": %" PRIu64 ", \"time\": ", frontend->frame_number);
    tk_text_number(text, (double)frontend->frame_number / frontend->core.av.timing.fps);
    tk_text_print(text, "}");
}

int tk_calls_save_state(struct tk_frontend *frontend, const struct tk_json *call, struct tk_text *text,
                        struct tk_error *error) {
    char path[PATH_MAX];
    int result = absolute(frontend, call, path, error);
    result = result < 0 ? result : tk_core_save(&frontend->core, path, error);
    print_moment(frontend, text);
    return result;
}

int tk_calls_load_state(struct tk_frontend *frontend, const struct tk_json *call, struct tk_text *text,
                        struct tk_error *error) {
    char path[PATH_MAX];
    int64_t frame_number;
    int result = absolute(frontend, call, path, error);
    result = result < 0 ? result : tk_json_integer(call, "frame_number", 0, INT64_MAX, &frame_number, error);
    if (result < 0) {
        return result;
    }
    result = tk_core_restore(&frontend->core, path, error);
    if (result < 0) {
        return result; /* And nothing has happened: what is held stays so. */
    }
    bool told = tk_input_has_keys(&frontend->input);
    tk_input_clear(&frontend->input);
    tk_input_commit(&frontend->input);
    if (frontend->core.partial_states) {
        result = tk_frontend_reload(frontend, error);
    }
    /* What the core has just done because keys went up is no part of the state. */
    if (result >= 0 && (told || frontend->core.partial_states)) {
        result = tk_core_restore(&frontend->core, path, error);
    }
    if (result < 0) {
        return result;
    }
    tk_video_forget(&frontend->video);
    tk_follow_forget(&frontend->follow);
    tk_slab_forget(&frontend->slab);
    frontend->frame_number = (uint64_t)frame_number;
    print_moment(frontend, text);
    return TK_OK;
}
