/* Cannot do without a graphics card. */
#include "base.h"

static void nothing(void) {
}

bool core_load(const struct retro_game_info *info) {
    struct retro_hw_render_callback wanted;
    memset(&wanted, 0, sizeof wanted);
    wanted.context_type = RETRO_HW_CONTEXT_OPENGL_CORE;
    wanted.context_reset = wanted.context_destroy = nothing;
    wanted.version_major = 3;
    return info && ask(RETRO_ENVIRONMENT_SET_HW_RENDER, &wanted);
}
