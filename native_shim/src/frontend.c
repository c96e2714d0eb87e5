#include "frontend.h"

#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "callbacks.h"
#include "calls.h"

int tk_frontend_start(struct tk_frontend *frontend, const char *path, struct tk_error *error) {
    struct tk_core *core = &frontend->core;
    frontend->pictures = frontend->drawing = true;
    frontend->view.format = TK_PIXELS_BGRX;
    int result = tk_core_open(core, path, error);
    if (result < 0) {
        return result;
    }
    const struct tk_core_callbacks callbacks = tk_callbacks_make(frontend);
    tk_core_start(core, &callbacks);
    if (frontend->rom == NULL && !frontend->no_game) {
        return tk_error_set(error, TK_E_ROM, "%s does not start without a game; it takes files of type %s", core->name,
                            core->extensions);
    }
    result = tk_core_load(core, frontend->rom, error);
    if (result < 0) {
        struct tk_error other;
        if (tk_options_check(&frontend->options, true, &other) < 0) {
            *error = other;
        } else if (frontend->hardware) {
            tk_error_set(error, TK_E_CORE, "%s needs hardware rendering, and only cores that draw in software run here", core->name);
        }
        return error->code;
    }
    tk_memory_begin(&frontend->memory, core);
    return tk_options_check(&frontend->options, false, error);
}

void tk_frontend_print_hello(const struct tk_frontend *frontend, struct tk_text *text) {
    const struct tk_core *core = &frontend->core;
    const struct lr_geometry *geometry = &core->av.geometry;
    const struct tk_view whole = {.format = TK_PIXELS_BGRX};
    unsigned width, height;
    tk_image_size(&whole, geometry->base_width, geometry->base_height, frontend->video.rotation, &width, &height);
    tk_text_print(text, "{\"version\": %u, \"backend\": \"libretro\", ", TK_LINK_VERSION);
    tk_text_member(text, "backend_version", core->version);
    tk_text_print(text, ", ");
    tk_text_member(text, "machine", core->name);
    tk_text_print(text, ", ");
    tk_text_member(text, "description", core->name);
    tk_text_print(text, ", ");
    tk_text_member(text, "extensions", core->extensions);
    tk_text_print(text,
                  ", \"screens\": [{\"tag\": \":screen\", \"type\": \"raster\", \"width\": %u, \"height\": %u, \"refresh\": ",
                  width, height);
    tk_text_number(text, core->av.timing.fps);
    tk_text_print(text, "}], \"sample_rate\": ");
    tk_text_number(text, core->av.timing.sample_rate);
    tk_text_print(text, ", \"region\": \"%s\", \"spaces\": ", core->call.get_region() == LR_REGION_PAL ? "pal" : "ntsc");
    tk_memory_print_spaces(&frontend->memory, text);
    tk_text_print(text, ", \"map\": ");
    tk_memory_print_map(&frontend->memory, text);
    tk_text_print(text, ", \"controllers\": ");
    if (frontend->controllers.size > 0) {
        tk_text_add(text, frontend->controllers.data, frontend->controllers.size);
    } else {
        tk_text_print(text, "[]");
    }
    tk_text_print(text, "}");
}

/* Whether frame number `left` before the last one is seen, alone or blended with the last. */
static bool is_seen(const struct tk_frontend *frontend, uint32_t left) {
    return frontend->pictures && left <= (frontend->view.blend ? 1u : 0u);
}

static int run_frames(struct tk_frontend *frontend, uint32_t count, struct tk_error *error) {
    for (uint32_t left = count; left-- > 0;) {
        struct tk_video *video = &frontend->video;
        bool drew_before = frontend->drawing;
        frontend->drawing = frontend->draw_all || is_seen(frontend, left) || (frontend->pictures && video->skips);
        tk_video_begin_frame(video);
        if (frontend->frame_time.tell != NULL) {
            frontend->frame_time.tell(frontend->frame_time.reference);
        }
        frontend->core.call.run();
        frontend->frame_number++;
        /* A core that shows some pictures twice may have drawn this one in a frame that we told it not to draw. */
        video->skips = video->skips || (frontend->drawing && !drew_before && !video->drawn);
        if (frontend->shut_down) {
            frontend->drawing = true;
            return tk_error_set(error, TK_E_STATE, "the machine has switched itself off; reset() switches it on again");
        }
    }
    frontend->drawing = true;
    if (frontend->video.hardware) {
        return tk_error_set(error, TK_E_CORE, "%s draws with the graphics hardware, and only cores that draw in software run here",
                            frontend->core.name);
    }
    return TK_OK;
}

static int publish_picture(struct tk_frontend *frontend, struct tk_slot *slot, struct tk_error *error) {
    const struct tk_view *view = &frontend->view;
    struct tk_picture picture = tk_video_now(&frontend->video, &frontend->core.av.geometry);
    const struct tk_picture *given = view->blend ? tk_video_before(&frontend->video) : NULL;
    struct tk_picture before = given == NULL ? (struct tk_picture){0} : *given;
    if (view->zero_filled) {
        picture.format |= picture.format == LR_PIXEL_XRGB8888 ? 0 : TK_ZERO_FILLED;
        before.format |= before.format == LR_PIXEL_XRGB8888 ? 0 : TK_ZERO_FILLED;
    }
    unsigned width, height;
    tk_image_size(view, picture.width, picture.height, picture.rotation, &width, &height);
    size_t stride = (size_t)width * tk_image_pixel_size(view->format), size = stride * height;
    if (size > frontend->link.pixel_capacity) {
        return tk_error_set(error, TK_E_SCREEN, "a frame of %ux%u pixels does not fit the %u bytes that there are for it", width,
                            height, frontend->link.pixel_capacity);
    }
    slot->width = width;
    slot->height = height;
    slot->stride = (uint32_t)stride;
    slot->format = view->format;
    return tk_image_render(&frontend->image, view, &picture, given == NULL ? NULL : &before,
                           tk_link_pixels(&frontend->link, slot), error);
}

static int fill_slot(struct tk_frontend *frontend, struct tk_slot *slot, bool picture, struct tk_error *error) {
    slot->frame_number = frontend->frame_number;
    slot->width = slot->height = slot->stride = slot->format = slot->flags = 0;
    slot->value_count = (uint32_t)frontend->watch_count;
    slot->memory_size = frontend->area_bytes;
    for (size_t i = 0; i < frontend->watch_count; i++) {
        int result = tk_memory_watch(&frontend->memory, &frontend->watches[i], &slot->values[i], error);
        if (result < 0) {
            return result;
        }
    }
    uint8_t *to = tk_link_memory(&frontend->link, slot);
    for (size_t i = 0; i < frontend->area_count; i++) {
        int result = tk_memory_read(&frontend->memory, &frontend->areas[i], to, error);
        if (result < 0) {
            return result;
        }
        to += frontend->areas[i].length;
    }
    return picture ? publish_picture(frontend, slot, error) : TK_OK;
}

static int hold_inputs(struct tk_frontend *frontend, const char *payload, size_t size, uint32_t *frames,
                       struct tk_error *error) {
    uint32_t count;
    if (size < 8) {
        return tk_error_set(error, TK_E_PROTOCOL, "expected a STEP of 8 bytes or more, got %zu", size);
    }
    memcpy(frames, payload, 4);
    memcpy(&count, payload + 4, 4);
    if (size != 8 + 8ull * count) {
        return tk_error_set(error, TK_E_PROTOCOL, "expected %u inputs in a STEP of %zu bytes", count, size);
    }
    for (int pass = 0; pass < 2; pass++) {
        for (uint32_t i = 0; i < count; i++) {
            uint32_t index;
            int32_t value;
            memcpy(&index, payload + 8 + 8ull * i, 4);
            memcpy(&value, payload + 12 + 8ull * i, 4);
            if (pass == 1) {
                tk_input_set(&frontend->input, index, value);
            } else if (!tk_input_is_bound(&frontend->input, index)) {
                return tk_error_set(error, TK_E_INPUT, "the input %u was never bound", index);
            }
        }
        if (pass == 0) {
            tk_input_clear(&frontend->input);
        }
    }
    tk_input_commit(&frontend->input);
    return TK_OK;
}

static int step(struct tk_frontend *frontend, const char *payload, size_t size, struct tk_error *error) {
    uint32_t frames = 0;
    if (frontend->shut_down) {
        return tk_error_set(error, TK_E_STATE, "the machine has switched itself off; reset() switches it on again");
    }
    int result = hold_inputs(frontend, payload, size, &frames, error);
    if (result >= 0) {
        result = run_frames(frontend, frames, error);
    }
    if (result < 0) {
        return result;
    }
    struct tk_slot *slot = tk_link_begin(&frontend->link);
    result = fill_slot(frontend, slot, frontend->pictures && frames > 0, error);
    if (result < 0) {
        return result;
    }
    tk_link_publish(&frontend->link, slot);
    tk_link_send_stepped(&frontend->link, frontend->frame_number);
    return TK_OK;
}

static int answer_call(struct tk_frontend *frontend, char *payload, size_t size, struct tk_error *error) {
    struct tk_text text = {0};
    int result = tk_calls_answer(frontend, payload, size, &text, error);
    if (result >= 0 && text.failed) {
        result = tk_error_set(error, TK_E_MEMORY, "no memory for the result");
    }
    if (result >= 0) {
        tk_link_send(&frontend->link, TK_RESULT, text.data, text.size);
    }
    tk_text_free(&text);
    return result;
}

int tk_frontend_serve(struct tk_frontend *frontend) {
    while (!frontend->leaving) {
        struct tk_error error;
        char *payload;
        size_t size;
        int kind = tk_link_read(&frontend->link, &payload, &size, &error);
        if (kind == 0) {
            _exit(TK_EXIT_OK); /* The parent is gone, and waits for nothing. */
        }
        if (kind < 0) {
            tk_link_send_error(&frontend->link, &error);
            return TK_EXIT_PROTOCOL;
        }
        int result;
        if (kind == TK_STEP) {
            result = step(frontend, payload, size, &error);
        } else if (kind == TK_CALL) {
            result = answer_call(frontend, payload, size, &error);
        } else {
            result = tk_error_set(&error, TK_E_PROTOCOL, "expected a command of kind 1 or 2, got kind %d", kind % TK_UNKNOWN);
        }
        if (result < 0) {
            tk_link_send_error(&frontend->link, &error);
        }
    }
    return TK_EXIT_OK;
}

int tk_frontend_restart(struct tk_frontend *frontend, struct tk_error *error) {
    int journal = tk_journal_hand_over(&frontend->journal, error);
    if (journal < 0) {
        return journal;
    }
    tk_core_stop(&frontend->core);
#ifdef SYS_close_range
    /* What the core has left open is not for its successor; 4 is CLOSE_RANGE_CLOEXEC. */
    syscall(SYS_close_range, 3u, ~0u, 4u);
#endif
    tk_journal_keep_open(journal);
    tk_link_keep_open(&frontend->link, 1);
    if (chdir(frontend->folder) == 0) {
        execv("/proc/self/exe", frontend->arguments);
    }
    _exit(TK_EXIT_START); /* Without a machine there is nothing left to say. */
}

void tk_frontend_stop(struct tk_frontend *frontend) {
    tk_core_stop(&frontend->core);
    free(frontend->core.name);
    free(frontend->core.version);
    free(frontend->core.extensions);
    tk_options_free(&frontend->options);
    tk_video_free(&frontend->video);
    tk_image_free(&frontend->image);
    tk_memory_free(&frontend->memory);
    tk_audio_clear(&frontend->audio);
    tk_journal_free(&frontend->journal);
    tk_text_free(&frontend->controllers);
    free(frontend->watches);
    free(frontend->areas);
    free(frontend->link.message);
}
