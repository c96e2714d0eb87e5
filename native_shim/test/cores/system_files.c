/* Reads bios.bin in its folder for system files: from 16 on the first 32 bytes of it, at 48 how many there are, 0 for no
 * such file. Writes its folder for saves a file saved.bin: at 49 whether it could, at 50 whether it was there before, at
 * 51 whether both folders are the same one. */
#include "base.h"

static FILE *file_in(unsigned which, const char *name, const char *mode) {
    char path[8192];
    const char *folder = NULL;
    if (!ask(which, &folder) || !folder)
        return NULL;
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return fopen(path, mode);
}

bool core_load(const struct lr_game_info *info) {
    FILE *bios = file_in(LR_GET_SYSTEM_DIRECTORY, "bios.bin", "rb");
    if (bios) {
        ram[48] = (uint8_t)fread(ram + 16, 1, 32, bios);
        fclose(bios);
    }
    FILE *saved = file_in(LR_GET_SAVE_DIRECTORY, "saved.bin", "rb");
    if (saved) {
        ram[50] = 1;
        fclose(saved);
    }
    saved = file_in(LR_GET_SAVE_DIRECTORY, "saved.bin", "wb");
    ram[49] = saved && fclose(saved) == 0;
    saved = file_in(LR_GET_SYSTEM_DIRECTORY, "saved.bin", "rb");
    if (saved) {
        ram[51] = 1;
        fclose(saved);
    }
    return info != NULL;
}
