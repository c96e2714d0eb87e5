#include "calls.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "file.h"
#include "frontend.h"
#include "json.h"

enum { MAX_SIDE = 16384, MAX_TRANSFER = 1 << 26, MAX_DEVICE = 1 << 30 };

typedef int (*answer)(struct tk_frontend *frontend, const struct tk_json *call, struct tk_text *result,
                      struct tk_error *error);

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

/* device, space and address */
static int read_place(const struct tk_frontend *frontend, const struct tk_json *object, struct tk_place *place,
                      size_t *address, struct tk_error *error) {
    const char *device, *space;
    int64_t number = 0;
    int result = tk_json_text(object, "device", &device, error);
    result = result < 0 ? result : tk_json_text(object, "space", &space, error);
    result = result < 0 ? result : tk_memory_place(&frontend->memory, device, space, place, error);
    if (result >= 0 && tk_json_integer(object, "address", 0, INT64_MAX, &number, error) < 0) {
        result = error->code = TK_E_ADDRESS;
    }
    *address = (size_t)number;
    return result;
}

static int read_area(const struct tk_frontend *frontend, const struct tk_json *object, struct tk_area *area,
                     struct tk_error *error) {
    int64_t length = 0;
    int result = read_place(frontend, object, &area->place, &area->address, error);
    result = result < 0 ? result : tk_json_integer(object, "length", 0, MAX_TRANSFER, &length, error);
    area->length = (size_t)length;
    return result;
}

/* A list of `count` numbers up to `maximum`; 0 if there is none. */
static int read_numbers(const struct tk_json *call, const char *key, unsigned *numbers, size_t count,
                        struct tk_error *error) {
    if (tk_json_member(call, key) == NULL) {
        return 0;
    }
    const struct tk_json *list;
    int result = tk_json_list(call, key, &list, error);
    if (result < 0) {
        return result;
    }
    const struct tk_json *item = list->first;
    for (size_t i = 0; list->size == count && i < count; i++, item = item->next) {
        if (!item->whole || item->integer < 0 || item->integer > MAX_SIDE) {
            break;
        }
        numbers[i] = (unsigned)item->integer;
        if (i + 1 == count) {
            return 1;
        }
    }
    return tk_error_set(error, TK_E_PROTOCOL, "expected %zu numbers from 0 to %d as %s", count, MAX_SIDE, key);
}

static int read_view(const struct tk_json *call, struct tk_view *view, struct tk_error *error) {
    *view = (struct tk_view){.format = TK_PIXELS_BGRX, .blend = tk_json_true(call, "blend"),
                             .zero_filled = tk_json_true(call, "zero_filled")};
    const char *format = "bgrx";
    if (tk_json_member(call, "format") != NULL && tk_json_text(call, "format", &format, error) < 0) {
        return error->code;
    }
    if (strcmp(format, "rgb") == 0) {
        view->format = TK_PIXELS_RGB24;
    } else if (strcmp(format, "gray") == 0) {
        view->format = TK_PIXELS_GRAY8;
    } else if (strcmp(format, "bgrx") != 0) {
        return tk_error_set(error, TK_E_PROTOCOL, "expected the format rgb, gray or bgrx, got %s", format);
    }
    unsigned crop[4], size[2];
    int cropped = read_numbers(call, "crop", crop, 4, error);
    int scaled = cropped < 0 ? cropped : read_numbers(call, "size", size, 2, error);
    if (scaled < 0) {
        return scaled;
    }
    if ((cropped && (crop[2] == 0 || crop[3] == 0)) || (scaled && (size[0] == 0 || size[1] == 0))) {
        return tk_error_set(error, TK_E_SCREEN, "a frame without pixels is none");
    }
    if (cropped) {
        view->cropped = true;
        view->x = crop[0], view->y = crop[1], view->width = crop[2], view->height = crop[3];
    }
    if (scaled) {
        view->scaled = true;
        view->scaled_width = size[0], view->scaled_height = size[1];
    }
    return TK_OK;
}

/* Whether what is cut lies within the largest picture that the core may make. */
static int check_crop(const struct tk_frontend *frontend, const struct tk_view *view, struct tk_error *error) {
    const struct lr_geometry *geometry = &frontend->core.av.geometry;
    unsigned width = geometry->max_width > geometry->base_width ? geometry->max_width : geometry->base_width;
    unsigned height = geometry->max_height > geometry->base_height ? geometry->max_height : geometry->base_height;
    if (frontend->video.rotation % 2 == 1) {
        unsigned swap = width;
        width = height;
        height = swap;
    }
    if (view->cropped && (view->x + view->width > width || view->y + view->height > height)) {
        return tk_error_set(error, TK_E_SCREEN, "cannot cut %ux%u pixels at (%u, %u) out of a picture of at most %ux%u",
                            view->width, view->height, view->x, view->y, width, height);
    }
    return TK_OK;
}

static int read_areas(const struct tk_frontend *frontend, const struct tk_json *call, struct tk_area **areas,
                      size_t *count, size_t *bytes, struct tk_error *error) {
    *areas = NULL;
    *count = *bytes = 0;
    const struct tk_json *list;
    if (tk_json_member(call, "memory") == NULL) {
        return TK_OK;
    }
    int result = tk_json_list(call, "memory", &list, error);
    if (result < 0) {
        return result;
    }
    struct tk_area *made = calloc(list->size + 1, sizeof *made);
    if (made == NULL) {
        return tk_error_set(error, TK_E_MEMORY, "no memory for %zu memory areas", list->size);
    }
    for (const struct tk_json *item = list->first; item != NULL && result >= 0; item = item->next) {
        result = read_area(frontend, item, &made[*count], error);
        *bytes += made[(*count)++].length;
    }
    if (result >= 0 && *bytes > frontend->link.memory_capacity) {
        result = tk_error_set(error, TK_E_ADDRESS, "%zu bytes of memory do not fit the %u bytes that there are for them", *bytes,
                              frontend->link.memory_capacity);
    }
    /* Whether all of it is there shows in reading it once. */
    for (size_t i = 0; i < *count && result >= 0; i++) {
        uint8_t *bytes_of = malloc(made[i].length + 1);
        result = bytes_of == NULL ? tk_error_set(error, TK_E_MEMORY, "no memory for a memory area")
                                  : tk_memory_read(&frontend->memory, &made[i], bytes_of, error);
        free(bytes_of);
    }
    if (result < 0) {
        free(made);
        return result;
    }
    *areas = made;
    return TK_OK;
}

static int configure(struct tk_frontend *frontend, const struct tk_json *call, struct tk_text *text,
                     struct tk_error *error) {
    const char *screen, *draw;
    struct tk_view view;
    int result = tk_json_text(call, "screen", &screen, error);
    result = result < 0 ? result : tk_json_text(call, "draw", &draw, error);
    result = result < 0 ? result : read_view(call, &view, error);
    if (result < 0) {
        return result;
    }
    if (screen[0] != 0 && strcmp(screen, ":screen") != 0) {
        return tk_error_set(error, TK_E_SCREEN, "there is no screen '%s'; there is :screen", screen);
    }
    if (strcmp(draw, "published") != 0 && strcmp(draw, "all") != 0 && strcmp(draw, "option") != 0) {
        return tk_error_set(error, TK_E_PROTOCOL, "expected to draw published, all or option, got %s", draw);
    }
    struct tk_area *areas;
    size_t count, bytes;
    result = check_crop(frontend, &view, error);
    result = result < 0 ? result : read_areas(frontend, call, &areas, &count, &bytes, error);
    if (result < 0) {
        return result;
    }
    free(frontend->areas);
    frontend->areas = areas;
    frontend->area_count = count;
    frontend->area_bytes = bytes;
    frontend->pictures = screen[0] != 0;
    frontend->draw_all = strcmp(draw, "published") != 0;
    frontend->view = view;
    tk_slab_free(&frontend->slab); /* It was made for frames of another size. */
    tk_audio_want(&frontend->audio, tk_json_true(call, "audio"), frontend->core.av.timing.sample_rate);
    struct tk_picture picture = tk_video_now(&frontend->video, &frontend->core.av.geometry);
    unsigned width, height;
    tk_image_size(&view, picture.width, picture.height, picture.rotation, &width, &height);
    tk_text_print(text, "{\"width\": %u, \"height\": %u}", width, height);
    return TK_OK;
}

/* Where observations go that make up a batch with those of others. Their size is settled here: what of the canvas the
 * core does not draw is black. */
static int slab(struct tk_frontend *frontend, const struct tk_json *call, struct tk_text *text, struct tk_error *error) {
    struct tk_view view = frontend->view;
    struct tk_picture picture = tk_video_now(&frontend->video, &frontend->core.av.geometry);
    unsigned size[2];
    int given = read_numbers(call, "canvas", size, 2, error);
    if (given < 0) {
        return given;
    }
    if (!frontend->pictures || view.format == TK_PIXELS_BGRX || (given && (size[0] == 0 || size[1] == 0))) {
        return tk_error_set(error, TK_E_SCREEN, "a slab takes frames in rgb or gray, and frames without pixels are none");
    }
    if (!view.cropped) {
        if (!given) {
            const struct tk_view whole = {0};
            tk_image_size(&whole, picture.width, picture.height, picture.rotation, &size[0], &size[1]);
        }
        view.cropped = true;
        view.x = view.y = 0;
        view.width = size[0];
        view.height = size[1];
    }
    unsigned width, height;
    tk_image_size(&view, picture.width, picture.height, picture.rotation, &width, &height);
    int result = tk_slab_configure(&frontend->slab, call, width, height, tk_image_pixel_size(view.format), error);
    if (result >= 0) {
        frontend->view = view;
    }
    tk_text_print(text, "{\"width\": %u, \"height\": %u}", width, height);
    return result;
}

static int follow(struct tk_frontend *frontend, const struct tk_json *call, struct tk_text *text,
                  struct tk_error *error) {
    tk_text_print(text, "true");
    return tk_follow_configure(&frontend->follow, &frontend->memory, call, error);
}

static int read_watch(const struct tk_frontend *frontend, const struct tk_json *item, struct tk_watch *watch,
                      struct tk_error *error) {
    int64_t size = 0, unused;
    const char *order;
    int result = read_place(frontend, item, &watch->place, &watch->address, error);
    result = result < 0 ? result : tk_json_integer(item, "size", 1, 8, &size, error);
    result = result < 0 ? result : tk_json_text(item, "order", &order, error);
    if (result < 0) {
        return result;
    }
    watch->size = (unsigned)size;
    watch->has_sign = tk_json_true(item, "signed");
    watch->order = strcmp(order, "little") == 0 ? TK_ORDER_LITTLE : strcmp(order, "big") == 0 ? TK_ORDER_BIG : TK_ORDER_NATIVE;
    if ((size & (size - 1)) != 0 || (watch->order == TK_ORDER_NATIVE && strcmp(order, "native") != 0)) {
        return tk_error_set(error, TK_E_PROTOCOL, "expected a size of 1, 2, 4 or 8 and the order native, little or big");
    }
    return tk_memory_watch(&frontend->memory, watch, &unused, error);
}

static int watch(struct tk_frontend *frontend, const struct tk_json *call, struct tk_text *text,
                 struct tk_error *error) {
    const struct tk_json *list;
    int result = tk_json_list(call, "watches", &list, error);
    if (result >= 0 && list->size > frontend->link.value_capacity) {
        result = tk_error_set(error, TK_E_PROTOCOL, "%zu values do not fit; there is room for %u", list->size,
                              frontend->link.value_capacity);
    }
    if (result < 0) {
        return result;
    }
    struct tk_watch *watches = calloc(list->size + 1, sizeof *watches);
    if (watches == NULL) {
        return tk_error_set(error, TK_E_MEMORY, "no memory for %zu values", list->size);
    }
    size_t count = 0;
    for (const struct tk_json *item = list->first; item != NULL && result >= 0; item = item->next) {
        result = read_watch(frontend, item, &watches[count++], error);
    }
    if (result < 0) {
        free(watches);
        return result;
    }
    free(frontend->watches);
    frontend->watches = watches;
    frontend->watch_count = count;
    tk_text_print(text, "true");
    return TK_OK;
}

static int list_ports(struct tk_frontend *frontend, const struct tk_json *call, struct tk_text *text,
                      struct tk_error *error) {
    (void)frontend, (void)call, (void)error;
    tk_input_print(text);
    return TK_OK;
}

static int bind(struct tk_frontend *frontend, const struct tk_json *call, struct tk_text *text,
                struct tk_error *error) {
    const char *port, *field;
    int result = tk_json_text(call, "port", &port, error);
    result = result < 0 ? result : tk_json_text(call, "field", &field, error);
    result = result < 0 ? result : tk_input_bind(&frontend->input, port, field, error);
    tk_text_print(text, "%d", result);
    return result;
}

static int set_controller(struct tk_frontend *frontend, const struct tk_json *call, struct tk_text *text,
                          struct tk_error *error) {
    int64_t player, device;
    int result = tk_json_integer(call, "player", 1, TK_PLAYERS, &player, error);
    result = result < 0 ? result : tk_json_integer(call, "device", 0, MAX_DEVICE, &device, error);
    if (result < 0) {
        return error->code = TK_E_INPUT;
    }
    frontend->core.call.set_controller_port_device((unsigned)player - 1, (unsigned)device);
    tk_text_print(text, "true");
    return TK_OK;
}

static int list_options(struct tk_frontend *frontend, const struct tk_json *call, struct tk_text *text,
                        struct tk_error *error) {
    (void)call, (void)error;
    tk_options_print(&frontend->options, text);
    return TK_OK;
}

static int set_option(struct tk_frontend *frontend, const struct tk_json *call, struct tk_text *text,
                      struct tk_error *error) {
    const char *key, *value;
    int result = tk_json_text(call, "key", &key, error);
    result = result < 0 ? result : tk_json_text(call, "value", &value, error);
    result = result < 0 ? result : tk_options_set(&frontend->options, key, value, error);
    tk_text_print(text, "true");
    return result;
}

static int set_cheats(struct tk_frontend *frontend, const struct tk_json *call, struct tk_text *text,
                      struct tk_error *error) {
    const struct tk_json *list;
    int result = tk_json_list(call, "codes", &list, error);
    for (const struct tk_json *item = result < 0 ? NULL : list->first; item != NULL; item = item->next) {
        if (item->kind != TK_JSON_STRING || strlen(item->text) != item->size) {
            result = tk_error_set(error, TK_E_PROTOCOL, "expected a list of texts as codes");
        }
    }
    if (result < 0) {
        return result;
    }
    frontend->core.call.cheat_reset();
    unsigned number = 0;
    for (const struct tk_json *item = list->first; item != NULL; item = item->next) {
        frontend->core.call.cheat_set(number++, true, item->text);
    }
    tk_text_print(text, "true");
    return TK_OK;
}

static int press_reset(struct tk_frontend *frontend, const struct tk_json *call, struct tk_text *text,
                       struct tk_error *error) {
    (void)call, (void)error;
    frontend->core.call.reset();
    tk_text_print(text, "true");
    return TK_OK;
}

static int take_audio(struct tk_frontend *frontend, const struct tk_json *call, struct tk_text *text,
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
static int screenshot(struct tk_frontend *frontend, const struct tk_json *call, struct tk_text *text,
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

static int save_state(struct tk_frontend *frontend, const struct tk_json *call, struct tk_text *text,
                      struct tk_error *error) {
    char path[PATH_MAX];
    int result = absolute(frontend, call, path, error);
    result = result < 0 ? result : tk_core_save(&frontend->core, path, error);
    print_moment(frontend, text);
    return result;
}

static int load_state(struct tk_frontend *frontend, const struct tk_json *call, struct tk_text *text,
                      struct tk_error *error) {
    char path[PATH_MAX];
    int64_t frame_number;
    int result = absolute(frontend, call, path, error);
    result = result < 0 ? result : tk_json_integer(call, "frame_number", 0, INT64_MAX, &frame_number, error);
    if (result < 0) {
        return result;
    }
    /* Before it is loaded: what the core does when keys go up is no part of the state. */
    tk_input_clear(&frontend->input);
    tk_input_commit(&frontend->input);
    result = tk_core_restore(&frontend->core, path, error);
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

static int read_memory(struct tk_frontend *frontend, const struct tk_json *call, struct tk_text *text,
                       struct tk_error *error) {
    static const char DIGITS[] = "0123456789abcdef";
    struct tk_area area;
    int result = read_area(frontend, call, &area, error);
    if (result < 0) {
        return result;
    }
    uint8_t *bytes = malloc(area.length + 1);
    char *hex = malloc(2 * area.length + 2);
    if (bytes == NULL || hex == NULL) {
        result = tk_error_set(error, TK_E_MEMORY, "no memory for %zu bytes", area.length);
    } else {
        result = tk_memory_read(&frontend->memory, &area, bytes, error);
    }
    if (result >= 0) {
        char *at = hex;
        *at++ = '"';
        for (size_t i = 0; i < area.length; i++) {
            *at++ = DIGITS[bytes[i] >> 4];
            *at++ = DIGITS[bytes[i] & 15];
        }
        *at++ = '"';
        tk_text_add(text, hex, (size_t)(at - hex));
    }
    free(bytes);
    free(hex);
    return result;
}

static int hex_value(char letter) {
    return letter >= '0' && letter <= '9'   ? letter - '0'
           : letter >= 'a' && letter <= 'f' ? letter - 'a' + 10
           : letter >= 'A' && letter <= 'F' ? letter - 'A' + 10
                                            : -1;
}

static int write_memory(struct tk_frontend *frontend, const struct tk_json *call, struct tk_text *text,
                        struct tk_error *error) {
    struct tk_area area;
    const char *hex;
    int result = read_place(frontend, call, &area.place, &area.address, error);
    result = result < 0 ? result : tk_json_text(call, "data", &hex, error);
    if (result < 0) {
        return result;
    }
    size_t digits = strlen(hex);
    area.length = digits / 2;
    uint8_t *bytes = malloc(area.length + 1);
    if (bytes == NULL) {
        return tk_error_set(error, TK_E_MEMORY, "no memory for %zu bytes", area.length);
    }
    bool good = digits % 2 == 0 && area.length <= MAX_TRANSFER;
    for (size_t i = 0; good && i < area.length; i++) {
        int high = hex_value(hex[2 * i]), low = hex_value(hex[2 * i + 1]);
        good = high >= 0 && low >= 0;
        bytes[i] = (uint8_t)(high * 16 + low);
    }
    result = good ? tk_memory_write(&frontend->memory, &area, bytes, error)
                  : tk_error_set(error, TK_E_PROTOCOL, "expected data in hexadecimal, at most %d bytes", MAX_TRANSFER);
    free(bytes);
    tk_text_print(text, "true");
    return result;
}

static int reset(struct tk_frontend *frontend, const struct tk_json *call, struct tk_text *text,
                 struct tk_error *error) {
    (void)call, (void)text;
    return tk_frontend_restart(frontend, error);
}

static int quit(struct tk_frontend *frontend, const struct tk_json *call, struct tk_text *text,
                struct tk_error *error) {
    (void)call, (void)error;
    frontend->leaving = true;
    tk_text_print(text, "true");
    return TK_OK;
}

/* Whether a machine that is switched off and on must be told again: not at all, the last one, or all of them. */
enum noting { FORGET, LAST, ALL };

static const struct {
    const char *name;
    answer answer;
    enum noting noting;
} CALLS[] = {
    {"configure", configure, LAST},      {"watch", watch, LAST},
    {"slab", slab, LAST},                {"follow", follow, LAST},
    {"list_ports", list_ports, FORGET},  {"bind", bind, ALL},
    {"set_controller", set_controller, ALL},
    {"list_options", list_options, FORGET},
    {"set_option", set_option, ALL},     {"set_cheats", set_cheats, LAST},
    {"press_reset", press_reset, FORGET}, {"take_audio", take_audio, FORGET},
    {"screenshot", screenshot, FORGET},
    {"save_state", save_state, FORGET},  {"load_state", load_state, FORGET},
    {"read_memory", read_memory, FORGET}, {"write_memory", write_memory, FORGET},
    {"reset", reset, FORGET},            {"quit", quit, FORGET},
};
enum { CALL_COUNT = sizeof CALLS / sizeof *CALLS };

static int dispatch(struct tk_frontend *frontend, const struct tk_json *call, size_t *number, struct tk_text *text,
                    struct tk_error *error) {
    const char *name;
    int result = tk_json_text(call, "call", &name, error);
    if (result < 0) {
        return result;
    }
    for (size_t i = 0; i < CALL_COUNT; i++) {
        if (strcmp(CALLS[i].name, name) == 0) {
            *number = i;
            return CALLS[i].answer(frontend, call, text, error);
        }
    }
    return tk_error_set(error, TK_E_PROTOCOL, "there is no call '%s'", name);
}

int tk_calls_answer(struct tk_frontend *frontend, char *payload, size_t size, struct tk_text *text,
                    struct tk_error *error) {
    struct tk_json_document document;
    char *copy = malloc(size + 1); /* For the journal: reading it overwrites the payload. */
    if (copy == NULL) {
        return tk_error_set(error, TK_E_MEMORY, "no memory for a call of %zu bytes", size);
    }
    memcpy(copy, payload, size);
    int result = tk_json_parse(&document, payload, size, error);
    if (result >= 0) {
        size_t number = 0;
        result = dispatch(frontend, document.root, &number, text, error);
        if (result >= 0 && CALLS[number].noting != FORGET) {
            result = tk_journal_add(&frontend->journal, CALLS[number].name, copy, size, CALLS[number].noting == LAST, error);
        }
        tk_json_free(&document);
    }
    free(copy);
    return result;
}

int tk_calls_prepare(struct tk_frontend *frontend, const struct tk_journal *journal, struct tk_error *error) {
    int result = TK_OK;
    for (size_t i = 0; i < journal->count && result >= 0; i++) {
        const struct tk_journal_entry *entry = &journal->entries[i];
        struct tk_json_document document;
        char *copy = malloc(entry->size + 1);
        if (copy == NULL) {
            return tk_error_set(error, TK_E_MEMORY, "no memory for the journal");
        }
        memcpy(copy, entry->text, entry->size + 1);
        const char *name, *key, *value;
        result = tk_json_parse(&document, copy, entry->size, error);
        if (result >= 0) {
            result = tk_json_text(document.root, "call", &name, error);
            if (result >= 0 && strcmp(name, "set_option") == 0 && tk_json_text(document.root, "key", &key, error) >= 0 &&
                tk_json_text(document.root, "value", &value, error) >= 0) {
                result = tk_options_override(&frontend->options, key, value, error);
            }
            tk_json_free(&document);
        }
        free(copy);
    }
    return result;
}

int tk_calls_replay(struct tk_frontend *frontend, const struct tk_journal *journal, struct tk_error *error) {
    int result = TK_OK;
    for (size_t i = 0; i < journal->count && result >= 0; i++) {
        struct tk_text text = {0};
        result = tk_calls_answer(frontend, journal->entries[i].text, journal->entries[i].size, &text, error);
        tk_text_free(&text);
    }
    return result;
}
