/* Runs without a game. */
#include "base.h"

void retro_set_environment(retro_environment_t callback) {
    bool yes = true;
    ask = callback;
    ask(RETRO_ENVIRONMENT_SET_SUPPORT_NO_GAME, &yes);
}

bool core_load(const struct retro_game_info *info) {
    ram[16] = info ? 1 : 2;
    return true;
}
