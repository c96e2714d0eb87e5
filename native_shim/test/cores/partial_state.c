/* Calls itself Stella, whose states leave something out: how often a button was down since the game was loaded, at 12. What is
 * plugged in is at 16, how many cheats there are at 17; loading a game forgets both. A game that begins with "once" is taken
 * once only. */
#include "base.h"

static uint32_t left_out;
static unsigned loads;

void retro_get_system_info(struct lr_system_info *info) {
    memset(info, 0, sizeof *info);
    info->library_name = "Stella";
    info->library_version = "1.0";
    info->valid_extensions = "bin";
}

bool core_load(const struct lr_game_info *info) {
    left_out = 0;
    memset(ram, 0, sizeof ram);
    return info != NULL && (loads++ == 0 || strncmp(game, "once", 4) != 0);
}

void core_think(void) {
    for (unsigned button = 0; button < 16; button++)
        left_out += input(0, LR_DEVICE_JOYPAD, 0, button) != 0;
    put32(ram, get32(ram) + 1);
    put32(ram + 8, get32(ram + 8) * 1664525u + left_out + 1);
    put32(ram + 12, left_out);
}

void retro_set_controller_port_device(unsigned port, unsigned device) {
    if (port == 0)
        ram[16] = (uint8_t)device;
}

void retro_cheat_reset(void) {
    ram[17] = 0;
}

void retro_cheat_set(unsigned index, bool enabled, const char *code) {
    (void)index, (void)code;
    ram[17] += enabled;
}

bool retro_serialize(void *data, size_t size) {
    if (size < sizeof ram)
        return false;
    memset(data, 0, sizeof ram);
    memcpy(data, ram, 12);
    return true;
}

bool retro_unserialize(const void *data, size_t size) {
    if (size < sizeof ram)
        return false;
    memcpy(ram, data, 12);
    return true;
}
