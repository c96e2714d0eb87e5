/* Calls that say what is published of a frame, and where to. */
#include "calls_answers.h"

#include <stdlib.h>
#include <string.h>

#include "frontend.h"
#include "json.h"

enum { MAX_SIDE = 16384 };

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

int tk_calls_configure(struct tk_frontend *frontend, const struct tk_json *call, struct tk_text *text,
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
    result = result < 0 ? result : tk_calls_read_areas(frontend, call, &areas, &count, &bytes, error);
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
    tk_audio_want(&frontend->audio, tk_json_true(call, "audio"), tk_json_true(call, "last_audio"),
                  frontend->core.av.timing.sample_rate);
    struct tk_picture picture = tk_video_now(&frontend->video, &frontend->core.av.geometry);
    unsigned width, height;
    tk_image_size(&view, picture.width, picture.height, picture.rotation, &width, &height);
    tk_text_print(text, "{\"width\": %u, \"height\": %u}", width, height);
    return TK_OK;
}

/* Where observations go that make up a batch with those of others. Their size is settled here: what of the canvas the
 * core does not draw is black. */
int tk_calls_slab(struct tk_frontend *frontend, const struct tk_json *call, struct tk_text *text,
                  struct tk_error *error) {
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

int tk_calls_aspect(struct tk_frontend *frontend, const struct tk_json *call, struct tk_text *text,
                    struct tk_error *error) {
    (void)call;
    (void)error;
    tk_text_number(text, tk_frontend_aspect(frontend));
    return TK_OK;
}
