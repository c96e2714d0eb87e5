/* The picture in the pixel format FORMAT, with rows longer than what is shown of them: garbage lies behind. */
#include "base.h"

enum { COLUMNS = 33, ROWS = 9, PITCH = 48 };

#if FORMAT == 1
typedef uint32_t pixel;
#else
typedef uint16_t pixel;
#endif

/* All bits of the format, and the unused ones, are used somewhere: the test makes the same numbers. */
static pixel colour(uint32_t x, uint32_t y) {
    return (pixel)((x * 2654435761u) ^ (y * 40503u * 65599u));
}

void retro_get_system_av_info(struct lr_av_info *info) {
    describe(info, COLUMNS, ROWS);
}

bool retro_load_game(const struct lr_game_info *info) {
    enum lr_pixel_format format = (enum lr_pixel_format)FORMAT;
    /* 0 is what a core has that says nothing. */
    return info && (FORMAT == 0 || ask(LR_SET_PIXEL_FORMAT, &format));
}

void core_draw(void) {
    /* No byte behind the last row's last pixel may be read: it lies at the end of its own block. */
    size_t bytes = ((ROWS - 1) * PITCH + COLUMNS) * sizeof(pixel);
    pixel *picture = malloc(bytes);
    if (!picture)
        abort();
    memset(picture, 0xA5, bytes);
    for (uint32_t y = 0; y < ROWS; y++)
        for (uint32_t x = 0; x < COLUMNS; x++)
            picture[y * PITCH + x] = colour(x, y);
    show(picture, COLUMNS, ROWS, PITCH * sizeof(pixel));
    /* The picture is the core's, and gone as soon as show() has returned. */
    memset(picture, 0x5A, bytes);
    free(picture);
}
