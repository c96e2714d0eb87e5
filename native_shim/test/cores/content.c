/* Gets its game in memory; the same places as full_path.c. At 36 whether the path came, too. */
#include "base.h"

bool core_load(const struct lr_game_info *info) {
    if (!info || !info->data)
        return false;
    memcpy(ram + 16, info->data, info->size < 16 ? info->size : 16);
    put32(ram + 32, (uint32_t)info->size);
    ram[36] = info->path && info->path[0] == '/';
    return true;
}
