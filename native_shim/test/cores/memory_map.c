/* Memory by descriptors:
 *   0x00000  ram, 2 KiB, and again up to 0x1FFF
 *   0x02000  three registers at every second address (the lowest bit is not wired), up to 0x2FFF
 *   0x06000  the save RAM, 8 KiB
 *   0x08000  a ROM, 16 KiB from byte 0x100 of a larger block on, which cannot be written
 *   0x20000  big-endian memory, 64 KiB
 *   0x40000  nothing: a descriptor without memory
 *   0x50000  192 bytes, again and again up to 0x50FFF; each address without its highest bit where there is no more
 * Each byte holds something of its own at the start, see fill(). */
#include "base.h"

static uint8_t work[0x800], registers[4], save[0x2000], rom[0x4100], big[0x10000], odd[0xC0];

/* The bits of an address that say which block of that size it is in. */
#define BLOCK(size) (~(size_t)((size)-1))

static void fill(uint8_t *memory, size_t size, unsigned seed) {
    for (size_t at = 0; at < size; at++)
        memory[at] = (uint8_t)(at * 7 + (at >> 8) * 13 + seed);
}

bool core_load(const struct lr_game_info *info) {
    static const struct lr_memory_descriptor descriptors[] = {
        {MEMDESC_SYSTEM_RAM, work, 0, 0x00000, BLOCK(0x2000), 0, sizeof work, NULL},
        {0, registers, 0, 0x02000, BLOCK(0x1000), 0x1, sizeof registers, NULL},
        {LR_MEMDESC_SAVE_RAM, save, 0, 0x06000, 0, 0, sizeof save, NULL},
        {LR_MEMDESC_CONST, rom, 0x100, 0x08000, BLOCK(0x4000), 0, 0x4000, NULL},
        {LR_MEMDESC_BIG_ENDIAN, big, 0, 0x20000, BLOCK(0x10000), 0, sizeof big, NULL},
        {0, NULL, 0, 0x40000, BLOCK(0x1000), 0, 0x1000, NULL},
        {0, odd, 0, 0x50000, BLOCK(0x1000), 0, sizeof odd, NULL},
    };
    struct lr_memory_map map = {descriptors, sizeof descriptors / sizeof descriptors[0]};
    fill(work, sizeof work, 1);
    fill(registers, sizeof registers, 2);
    fill(save, sizeof save, 3);
    fill(rom, sizeof rom, 4);
    fill(big, sizeof big, 5);
    fill(odd, sizeof odd, 6);
    ask(LR_SET_MEMORY_MAPS, &map);
    return info != NULL;
}

void core_think(void) {
    put32(work, get32(work) + 1);
}

void *retro_get_memory_data(unsigned id) {
    return id == LR_MEMORY_SYSTEM_RAM ? work : id == LR_MEMORY_SAVE_RAM ? save : NULL;
}

size_t retro_get_memory_size(unsigned id) {
    return id == LR_MEMORY_SYSTEM_RAM ? sizeof work : id == LR_MEMORY_SAVE_RAM ? sizeof save : 0;
}
