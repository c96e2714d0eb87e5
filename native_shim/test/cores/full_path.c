/* Reads its game itself; the first bytes of it lie at 16, how long it is at 32 (u32). */
#include "base.h"

void retro_get_system_info(struct lr_system_info *info) {
    memset(info, 0, sizeof *info);
    info->library_name = "Tiny";
    info->library_version = "1.0";
    info->valid_extensions = "bin";
    info->need_fullpath = true;
}

bool core_load(const struct lr_game_info *info) {
    if (!info || info->data || !info->path || info->path[0] != '/')
        return false;
    FILE *file = fopen(info->path, "rb");
    if (!file)
        return false;
    size_t count = fread(game, 1, sizeof game, file);
    fclose(file);
    memcpy(ram + 16, game, count < 16 ? count : 16);
    put32(ram + 32, (uint32_t)count);
    return true;
}
