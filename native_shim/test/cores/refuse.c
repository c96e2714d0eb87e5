/* Takes no game at all. */
#include "base.h"

bool core_load(const struct lr_game_info *info) {
    (void)info;
    struct lr_log_callback log_to;
    if (ask(LR_GET_LOG_INTERFACE, &log_to))
        log_to.log(LR_LOG_ERROR, "this is no game of mine\n");
    return false;
}
