/* 800 samples a frame: sample n of all time is n to the left and -n to the right; in the even frames one by one, in the
 * odd ones at once. */
#include "base.h"

void core_sound(void) {
    int16_t samples[800][2];
    uint32_t frame = get32(ram) - 1;
    for (uint32_t n = 0; n < 800; n++) {
        samples[n][0] = (int16_t)(frame * 800 + n);
        samples[n][1] = (int16_t)-samples[n][0];
    }
    if (frame % 2 == 0) {
        for (uint32_t n = 0; n < 800; n++)
            play(samples[n][0], samples[n][1]);
        return;
    }
    for (size_t done = 0; done < 800;)
        done += play_batch(samples[done], 800 - done);
}
