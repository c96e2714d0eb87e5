/* Asks for what cores ask for. From 16 on a byte each, 1 if there was a good answer: the folders for system, save, core
 * assets and content; the core's own file, the user's name, the language, the log, performance counters, the speed,
 * and that an unknown question is refused. */
#include "base.h"

struct input_descriptor {
    unsigned port, device, index, id;
    const char *description;
};

static bool folder(unsigned which) {
    const char *path = NULL;
    return ask(which, &path) && path && path[0] == '/';
}

bool core_load(const struct lr_game_info *info) {
    static const unsigned folders[] = {LR_GET_SYSTEM_DIRECTORY, LR_GET_SAVE_DIRECTORY,
                                       LR_GET_CORE_ASSETS_DIRECTORY};
    for (unsigned n = 0; n < 3; n++)
        ram[16 + n] = folder(folders[n]);
    unsigned language = 99;
    ram[20] = ask(LR_GET_LANGUAGE, &language) && language == 0;
    struct lr_log_callback log_to = {NULL};
    ram[21] = ask(LR_GET_LOG_INTERFACE, &log_to) && log_to.log;
    int unknown[64] = {0};
    ram[22] = !ask(0x7FFF, unknown);
    ram[23] = !ask(0x30000 | 0x7FFF, unknown);
    /* What cores say without waiting for an answer must do no harm. */
    struct lr_message message = {"hello from a core", 60};
    ask(LR_SET_MESSAGE, &message);
    unsigned level = 3;
    ask(LR_SET_PERFORMANCE_LEVEL, &level);
    static const struct input_descriptor descriptors[] = {
        {0, LR_DEVICE_JOYPAD, 0, JOYPAD_A, "Jump"}, {0, 0, 0, 0, NULL}};
    ask(LR_SET_INPUT_DESCRIPTORS, (void *)descriptors);
    return info != NULL;
}
