/* Takes no game at all. */
#include "base.h"

bool core_load(const struct retro_game_info *info) {
    (void)info;
    struct retro_log_callback log_to;
    if (ask(RETRO_ENVIRONMENT_GET_LOG_INTERFACE, &log_to))
        log_to.log(RETRO_LOG_ERROR, "this is no game of mine\n");
    return false;
}
