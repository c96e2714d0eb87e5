/* Draws every third frame only, and shows the last one again in between, by NULL; with SILENT, without asking whether it
 * may. */
#include "base.h"

void core_draw(void) {
    static uint32_t picture[HEIGHT][WIDTH];
#ifndef SILENT
    bool can = false;
    if (!ask(LR_GET_CAN_DUPE, &can) || !can)
        abort();
#endif
    uint32_t frames = get32(ram);
    if (frames % 3 != 1) {
        show(NULL, WIDTH, HEIGHT, sizeof picture[0]);
        return;
    }
    for (int y = 0; y < HEIGHT; y++)
        for (int x = 0; x < WIDTH; x++)
            picture[y][x] = frames;
    show(picture, WIDTH, HEIGHT, sizeof picture[0]);
}
