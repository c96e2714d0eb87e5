#include "frontend.h"

#include <math.h>
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

double tk_frontend_aspect(const struct tk_frontend *frontend) {
    const struct lr_geometry *geometry = &frontend->core.av.geometry;
    if (isfinite(geometry->aspect_ratio) && geometry->aspect_ratio > 0) {
        return geometry->aspect_ratio;
    }
    if (geometry->base_width == 0 || geometry->base_height == 0) {
        return 1;
    }
    double aspect = (double)geometry->base_width / geometry->base_height;
    return frontend->video.rotation % 2 == 1 ? 1 / aspect : aspect;
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
    tk_text_print(text, ", \"aspect\": ");
    tk_text_number(text, tk_frontend_aspect(frontend));
    tk_text_print(text, "}], \"partial_states\": %s, \"sample_rate\": ", core->partial_states ? "true" : "false");
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

/* Whether frame number `left` before the last one is seen, alone or blended with the last. Any may be the last one if
 * numbers can end a step. */
static bool is_seen(const struct tk_frontend *frontend, uint32_t left) {
    return frontend->pictures && (frontend->follow.until != NULL || left <= (frontend->view.blend ? 1u : 0u));
}

/* Runs up to `count` frames; the numbers that are followed go to `numbers`. Returns how many frames it were. */
static int run_frames(struct tk_frontend *frontend, uint32_t count, int64_t *numbers, uint32_t *ran,
                      struct tk_error *error) {
    bool over = false;
    *ran = 0;
    for (uint32_t left = count; left-- > 0 && !over;) {
        struct tk_video *video = &frontend->video;
        bool drew_before = frontend->drawing;
        bool seen = is_seen(frontend, left);
        frontend->drawing = frontend->draw_all || seen || (frontend->pictures && video->skips);
        tk_video_begin_frame(video, seen, frontend->view.blend);
        tk_audio_begin_frame(&frontend->audio);
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
        if (frontend->follow.count > 0) {
            int64_t *row = numbers + (size_t)*ran * frontend->follow.count;
            int result = tk_follow_frame(&frontend->follow, &frontend->memory, row, &over, error);
            if (result < 0) {
                return result;
            }
        }
        ++*ran;
    }
    frontend->drawing = true;
    if (frontend->video.hardware) {
        return tk_error_set(error, TK_E_CORE, "%s draws with the graphics hardware, and only cores that draw in software run here",
                            frontend->core.name);
    }
    return TK_OK;
}

/* The picture, and if it is to be blended the one before, as the view wants them. */
static int render(struct tk_frontend *frontend, const struct tk_picture *now, uint8_t *target, struct tk_error *error) {
    const struct tk_view *view = &frontend->view;
    struct tk_picture picture = *now, before = {0};
    const struct tk_picture *given = view->blend ? tk_video_before(&frontend->video) : NULL;
    before = given == NULL ? before : *given;
    if (view->zero_filled) {
        picture.format |= picture.format == LR_PIXEL_XRGB8888 ? 0 : TK_ZERO_FILLED;
        before.format |= before.format == LR_PIXEL_XRGB8888 ? 0 : TK_ZERO_FILLED;
    }
    return tk_image_render(&frontend->image, view, &picture, given == NULL ? NULL : &before, target, error);
}

/* Says in the slot what its picture will be like. */
static int announce_picture(struct tk_frontend *frontend, const struct tk_picture *picture, struct tk_slot *slot,
                            struct tk_error *error) {
    const struct tk_view *view = &frontend->view;
    unsigned width, height;
    tk_image_size(view, picture->width, picture->height, picture->rotation, &width, &height);
    size_t stride = (size_t)width * tk_image_pixel_size(view->format), size = stride * height;
    if (size > frontend->link.pixel_capacity) {
        return tk_error_set(error, TK_E_SCREEN, "a frame of %ux%u pixels does not fit the %u bytes that there are for it", width,
                            height, frontend->link.pixel_capacity);
    }
    slot->width = width;
    slot->height = height;
    slot->stride = (uint32_t)stride;
    slot->format = view->format;
    return tk_image_prepare(&frontend->image, view, picture, error);
}

/* Makes the picture, and replies to the step before that to a parent that waits awake: it has a processor of its own then,
 * and can begin with all else meanwhile. Otherwise `*replied` stays false. */
static int publish_picture(struct tk_frontend *frontend, struct tk_slot *slot, bool *replied, struct tk_error *error) {
    struct tk_picture picture = tk_video_now(&frontend->video, &frontend->core.av.geometry);
    int result = announce_picture(frontend, &picture, slot, error);
    if (result < 0) {
        return result;
    }
    *replied = tk_link_send_early(&frontend->link, frontend->frame_number);
    return render(frontend, &picture, tk_link_pixels(&frontend->link, slot), error); /* It is prepared: it succeeds. */
}

/* The picture into a buffer of the slab. */
static int publish_into(struct tk_frontend *frontend, unsigned buffer, struct tk_error *error) {
    struct tk_picture picture = tk_video_now(&frontend->video, &frontend->core.av.geometry);
    int result = render(frontend, &picture, tk_slab_begin(&frontend->slab), error);
    if (result >= 0) {
        tk_slab_publish(&frontend->slab, buffer);
    }
    return result;
}

static int fill_slot(struct tk_frontend *frontend, struct tk_slot *slot, uint32_t ran, struct tk_error *error) {
    slot->frame_number = frontend->frame_number;
    slot->width = slot->height = slot->stride = slot->format = slot->flags = 0;
    slot->value_count = (uint32_t)(frontend->watch_count + ran * frontend->follow.count);
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
    return TK_OK;
}

/* A command to run frames, as it came. */
struct step {
    uint32_t frames, buffer, count;
    bool into;          /* The picture goes into `buffer` of the slab. */
    const char *inputs; /* `count` times an index and a value. */
};

static int parse_step(struct tk_frontend *frontend, const char *payload, size_t size, bool into, struct step *step,
                      struct tk_error *error) {
    size_t head = into ? 12 : 8;
    if (size < head) {
        return tk_error_set(error, TK_E_PROTOCOL, "expected a step of %zu bytes or more, got %zu", head, size);
    }
    *step = (struct step){.into = into, .inputs = payload + head};
    memcpy(&step->frames, payload, 4);
    memcpy(&step->buffer, payload + 4, 4);
    memcpy(&step->count, payload + head - 4, 4);
    if (size != head + 8ull * step->count) {
        return tk_error_set(error, TK_E_PROTOCOL, "expected %u inputs in a step of %zu bytes", step->count, size);
    }
    if (into && step->buffer >= frontend->slab.buffers) {
        return tk_error_set(error, TK_E_PROTOCOL, "there is no buffer %u; the slab has %u", step->buffer, frontend->slab.buffers);
    }
    uint64_t values = frontend->watch_count + (uint64_t)step->frames * frontend->follow.count;
    if (frontend->follow.count > 0 && values > frontend->link.value_capacity) {
        return tk_error_set(error, TK_E_PROTOCOL, "the numbers of %u frames do not fit; there is room for %u values",
                            step->frames, frontend->link.value_capacity);
    }
    return TK_OK;
}

static int hold_inputs(struct tk_frontend *frontend, const struct step *step, struct tk_error *error) {
    for (int pass = 0; pass < 2; pass++) {
        for (uint32_t i = 0; i < step->count; i++) {
            uint32_t index;
            int32_t value;
            memcpy(&index, step->inputs + 8ull * i, 4);
            memcpy(&value, step->inputs + 4 + 8ull * i, 4);
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

static int run_step(struct tk_frontend *frontend, const char *payload, size_t size, bool into, struct tk_error *error) {
    struct step step = {0};
    uint32_t ran;
    bool replied = false;
    if (frontend->shut_down) {
        return tk_error_set(error, TK_E_STATE, "the machine has switched itself off; reset() switches it on again");
    }
    int result = parse_step(frontend, payload, size, into, &step, error);
    if (result >= 0) {
        result = hold_inputs(frontend, &step, error);
    }
    if (result < 0) {
        return result;
    }
    struct tk_slot *slot = tk_link_begin(&frontend->link);
    result = run_frames(frontend, step.frames, slot->values + frontend->watch_count, &ran, error);
    result = result < 0 ? result : fill_slot(frontend, slot, ran, error);
    if (result >= 0 && into) {
        result = publish_into(frontend, step.buffer, error);
    } else if (result >= 0 && frontend->pictures && frontend->slab.map == NULL && ran > 0) {
        result = publish_picture(frontend, slot, &replied, error);
    }
    if (result < 0) {
        return result;
    }
    tk_link_publish(&frontend->link, slot);
    if (!replied) {
        tk_link_send_stepped(&frontend->link, frontend->frame_number);
    }
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
        if (kind == TK_STEP || kind == TK_STEP_INTO) {
            result = run_step(frontend, payload, size, kind == TK_STEP_INTO, &error);
        } else if (kind == TK_CALL) {
            result = answer_call(frontend, payload, size, &error);
        } else {
            result = tk_error_set(&error, TK_E_PROTOCOL, "expected a command of kind 1 to 3, got kind %d", kind % TK_UNKNOWN);
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
    tk_slab_keep_open(&frontend->slab);
    if (chdir(frontend->folder) == 0) {
        execv("/proc/self/exe", frontend->arguments);
    }
    _exit(TK_EXIT_START); /* Without a machine there is nothing left to say. */
}

int tk_frontend_reload(struct tk_frontend *frontend, struct tk_error *error) {
    if (tk_core_reload(&frontend->core, frontend->rom, error) < 0) {
        frontend->shut_down = true; /* Without a game nothing can run; `reset` starts again. */
        return error->code = TK_E_STATE;
    }
    return tk_calls_repeat(frontend, error);
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
    tk_follow_free(&frontend->follow);
    tk_slab_free(&frontend->slab);
    tk_audio_clear(&frontend->audio);
    tk_journal_free(&frontend->journal);
    tk_text_free(&frontend->controllers);
    free(frontend->watches);
    free(frontend->areas);
    free(frontend->link.message);
}
