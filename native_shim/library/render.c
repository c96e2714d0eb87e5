/* Frames of whole pictures; declared a second time in toolkit/link/pixels.py. */
#include <stdint.h>

#include "export.h"
#include "image.h"
#include "lr_abi.h"

/* Of a width of 0, nothing is cut, or nothing is scaled. */
struct toolkit_view {
    uint32_t gray, x, y, width, height, scaled_width, scaled_height;
};

/* Makes the frame at `to`, which has room for it, of a picture in the link's format BGRX, rows without gaps; each colour
 * is the brighter one of `picture` and of `before`, which is as large, or NULL. Keeps nothing, so that any thread may
 * call it at any time. Returns 0, or TK_E_MEMORY. */
EXPORT int toolkit_render(const struct toolkit_view *view, uint8_t *picture, uint8_t *before, uint32_t width,
                          uint32_t height, uint8_t *to);

int toolkit_render(const struct toolkit_view *view, uint8_t *picture, uint8_t *before, uint32_t width, uint32_t height,
                   uint8_t *to) {
    const struct tk_view how = {
        .format = view->gray ? TK_PIXELS_GRAY8 : TK_PIXELS_RGB24,
        .blend = true,
        .cropped = view->width != 0, .x = view->x, .y = view->y, .width = view->width, .height = view->height,
        .scaled = view->scaled_width != 0, .scaled_width = view->scaled_width, .scaled_height = view->scaled_height,
    };
    /* BGRX is what libretro calls XRGB8888, as it lies in memory. */
    const struct tk_picture now = {.pixels = picture, .width = width, .height = height, .format = LR_PIXEL_XRGB8888};
    const struct tk_picture old = {.pixels = before, .width = width, .height = height, .format = LR_PIXEL_XRGB8888};
    struct tk_image_work work = {0};
    struct tk_error error;
    int result = tk_image_render(&work, &how, &now, before == NULL ? NULL : &old, to, &error);
    tk_image_free(&work);
    return result;
}
