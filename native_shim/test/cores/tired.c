/* Switches itself off after so many frames, however often it was loaded: no step of it takes long. */
#include "base.h"

enum { ENOUGH = 300 };

void core_sound(void) {
    static unsigned frames;
    if (++frames >= ENOUGH)
        ask(LR_SHUTDOWN, NULL);
}
