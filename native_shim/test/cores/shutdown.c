/* Asks the frontend to end in its third frame. */
#include "base.h"

void core_draw(void) {
    if (get32(ram) == 3)
        ask(LR_SHUTDOWN, NULL);
}
