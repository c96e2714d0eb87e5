/* Cannot do without a graphics card. */
#include "base.h"

struct hardware {
    unsigned context_type;
    void (*context_reset)(void);
    uintptr_t (*framebuffer)(void);
    void (*(*function)(const char *name))(void);
    bool depth, stencil, bottom_left_origin;
    unsigned version_major, version_minor;
    bool cache_context;
    void (*context_destroy)(void);
    bool debug_context;
};

enum { OPENGL_CORE = 3 };

static void nothing(void) {
}

bool core_load(const struct lr_game_info *info) {
    struct hardware wanted;
    memset(&wanted, 0, sizeof wanted);
    wanted.context_type = OPENGL_CORE;
    wanted.context_reset = wanted.context_destroy = nothing;
    wanted.version_major = 3;
    return info && ask(LR_SET_HW_RENDER, &wanted);
}
