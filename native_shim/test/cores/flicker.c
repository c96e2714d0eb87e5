/* Shows its sprite on even frames only; the ground is noise that moves. */
#include "base.h"

enum { COLUMNS = 50, ROWS = 37 };

void retro_get_system_av_info(struct lr_av_info *info) {
    describe(info, COLUMNS, ROWS);
}

void core_draw(void) {
    uint32_t picture[ROWS][COLUMNS];
    uint32_t frames = get32(ram), noise = frames;
    for (unsigned y = 0; y < ROWS; y++)
        for (unsigned x = 0; x < COLUMNS; x++) {
            noise = noise * 1664525u + 1013904223u;
            picture[y][x] = noise >> 8;
            if (frames % 2 == 0 && x > 10 && x < 20 && y > 5)
                picture[y][x] = 0xFFFFFF;
        }
    show(picture, COLUMNS, ROWS, sizeof picture[0]);
}
