/* The picture is 16 x 8; 24 x 12 from frame 3, by SET_GEOMETRY, in the shape of 3 to 2; 40 x 20 from frame 6, by SET_SYSTEM_AV_INFO; and from
 * frame 9 on it is 10 x 5 without a word, which cores may do. All pixels hold the frames that ran. */
#include "base.h"

static uint32_t picture[20][64];

void core_draw(void) {
    uint32_t frames = get32(ram);
    unsigned width = frames < 3 ? 16 : frames < 6 ? 24 : frames < 9 ? 40 : 10;
    struct lr_av_info info;
    memset(&info, 0, sizeof info);
    info.geometry.base_width = width;
    info.geometry.base_height = width / 2;
    info.geometry.max_width = 40;
    info.geometry.max_height = 20;
    info.timing.fps = 50;
    info.timing.sample_rate = 32000;
    info.geometry.aspect_ratio = frames == 3 ? 1.5f : 0;
    if (frames == 3)
        ram[16] = ask(LR_SET_GEOMETRY, &info.geometry);
    if (frames == 6)
        ram[17] = ask(LR_SET_SYSTEM_AV_INFO, &info);
    for (unsigned y = 0; y < 20; y++)
        for (unsigned x = 0; x < 64; x++)
            picture[y][x] = frames;
    show(picture, width, width / 2, sizeof picture[0]);
}
