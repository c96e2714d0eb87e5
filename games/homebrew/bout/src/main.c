#include "flow.h"
#include "hw.h"
#include "input.h"
#include "screens.h"
#include "state.h"
#include "util.h"

void idle_wait(void);
extern volatile uint32_t vblank_flag;

int main(void)
{
    static const struct settings factory = {3, 1, 1, 1, 1, 0, 0, 1};
    for (uint32_t *at = (uint32_t *)&G; at < (uint32_t *)(&G + 1); at++)
        *at = 0;
    G.settings = factory;
    G.rng = 0x2545f491;
    WINS(0) = WINS(1) = 0;
    hw_init();
    screens_init();
    flow_init();
    for (;;) {
        if (vblank_flag)
            G.late_frames++;            /* the last frame's work took too long */
        idle_wait();
        G.frame++;
        input_read();
        /* Games differ because the generator runs on while people wait, and because of what they press. */
        G.rng ^= (uint32_t)input_held[0] << 4 ^ (uint32_t)input_held[1] << 20;
        rng_next();
        flow_update();
        draw_frame();
    }
}
