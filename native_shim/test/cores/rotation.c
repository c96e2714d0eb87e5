/* A picture of 5 x 3 different pixels, to be turned by ROTATION quarters against the clock. */
#include "base.h"

void retro_get_system_av_info(struct lr_av_info *info) {
    describe(info, 5, 3);
}

bool core_load(const struct lr_game_info *info) {
    unsigned quarters = ROTATION;
    return info && ask(LR_SET_ROTATION, &quarters);
}

void core_draw(void) {
    uint32_t picture[3][5];
    for (unsigned y = 0; y < 3; y++)
        for (unsigned x = 0; x < 5; x++)
            picture[y][x] = (10 + y) << 16 | (20 + x) << 8 | (get32(ram) & 0xFF);
    show(picture, 5, 3, sizeof picture[0]);
}
