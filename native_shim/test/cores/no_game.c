/* Runs without a game. */
#include "base.h"

void retro_set_environment(lr_environment callback) {
    bool yes = true;
    ask = callback;
    ask(LR_SET_SUPPORT_NO_GAME, &yes);
}

bool core_load(const struct lr_game_info *info) {
    ram[16] = info ? 1 : 2;
    return true;
}
