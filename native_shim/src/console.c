#include "console.h"

#include <stdint.h>
#include <string.h>

#include "lr_abi.h"

#define ANY 0, SIZE_MAX
#define RAM LR_MEMORY_SYSTEM_RAM
#define SAVE LR_MEMORY_SAVE_RAM
#define VIDEO LR_MEMORY_VIDEO_RAM

static const struct tk_console CONSOLES[] = {
    /* Mega Drive: the 68000 sees 64 KiB of work RAM at the end, and images of it from 0xe00000. */
    {"Genesis Plus GX,Genesis Plus GX Wide,PicoDrive,BlastEm", 0x10000, SIZE_MAX, true, true, {{0xff0000, 0x10000, RAM}, {0xe00000, 0x1f0000, RAM}}},
    /* Master System and Game Gear; SG-1000. */
    {"Genesis Plus GX,Genesis Plus GX Wide,PicoDrive,Gearsystem,SMS Plus GX", 0x400, 0xffff, false, false, {{0xc000, 0x4000, RAM}}},
    /* NES */
    {"Nestopia,FCEUmm,QuickNES,Mesen,bnes", ANY, false, false, {{0, 0x2000, RAM}, {0x6000, 0x2000, SAVE}}},
    /* SNES: 128 KiB at banks 0x7e and 0x7f, and the first 8 KiB of it in the system banks. */
    {"Snes9x,Snes9x 2010,Snes9x 2005,Snes9x 2005 Plus,Snes9x 2002,bsnes,bsnes-mercury,bsnes-jg,bsnes-hd beta,higan (Super Famicom),Beetle bsnes,Beetle Supafaust,Mesen-S",
     ANY, false, false, {{0x7e0000, 0x20000, RAM}, {0, 0x2000, RAM}, {0x800000, 0x2000, RAM}}},
    /* Game Boy Advance: 256 KiB on the board. mGBA and VBA-M also play Game Boy, with less RAM. */
    {"mGBA,VBA-M,VBA Next,gpSP,Beetle GBA,Meteor GBA", 0x10000, SIZE_MAX, false, false, {{0x02000000, 0x01000000, RAM}, {0x0e000000, 0x10000, SAVE}}},
    /* Game Boy, and Color with its first bank switched in. */
    {"Gambatte,SameBoy,Gearboy,TGB Dual,mGBA,VBA-M,DoubleCherryGB,fixGB", ANY, false, false, {{0xc000, 0x2000, RAM}, {0xe000, 0x1e00, RAM}, {0xa000, 0x2000, SAVE}}},
    /* PC Engine: physical addresses, and where games switch the RAM in. */
    {"Mednafen PCE Fast,Beetle PCE Fast,Mednafen PCE,Beetle PCE,Mednafen SuperGrafx,Beetle SuperGrafx", ANY, false, false, {{0x1f0000, 0x8000, RAM}, {0x2000, 0x2000, RAM}}},
    /* Atari 2600 */
    {"Stella,Stella 2014,Stella 2023", ANY, false, false, {{0x80, 0x80, RAM}, {0x180, 0x80, RAM}}},
    {"ProSystem", ANY, false, false, {{0, 0x10000, RAM}}},
    {"Handy,Beetle Lynx,Mednafen Lynx,Atari800", ANY, false, false, {{0, 0x10000, RAM}}},
    /* Neo Geo Pocket, WonderSwan, Virtual Boy */
    {"Beetle NeoPop,Mednafen Neopop,RACE", ANY, false, false, {{0x4000, 0x4000, RAM}}},
    {"Beetle WonderSwan,Beetle Cygne,Mednafen WonderSwan", ANY, false, false, {{0, 0x10000, RAM}}},
    {"Beetle VB,Mednafen VB", ANY, false, false, {{0x05000000, 0x01000000, RAM}}},
    /* PlayStation, with the images of its RAM in the cached and uncached segments. */
    {"PCSX-ReARMed,Beetle PSX,Mednafen PSX,SwanStation", ANY, false, false,
     {{0, 0x800000, RAM}, {0x80000000, 0x800000, RAM}, {0xa0000000, 0x800000, RAM}}},
};

static bool names(const char *list, const char *name) {
    size_t size = strlen(name);
    for (const char *at = list; at != NULL; at = strchr(at, ',')) {
        at += *at == ',';
        if (strncmp(at, name, size) == 0 && (at[size] == ',' || at[size] == 0)) {
            return size > 0;
        }
    }
    return false;
}

const struct tk_console *tk_console_find(const char *core, size_t ram_size) {
    for (size_t i = 0; i < sizeof CONSOLES / sizeof *CONSOLES; i++) {
        const struct tk_console *console = &CONSOLES[i];
        if (ram_size >= console->least && ram_size <= console->most && names(console->cores, core)) {
            return console;
        }
    }
    return NULL;
}
