/*
 * A whole libretro core in base.c, of weak functions: each core here is base.c and one file more, which replaces what
 * its feature needs.
 *
 * The machine: `ram`, 256 bytes, which are also the state. At 0 the frames that ran (u32), at 4 what joypad 1 held in
 * the last of them (u16), at 6 how often the reset button was pressed, at 8 a number that depends on all inputs since
 * the start (u32); a core keeps what it is about from 16 on. All little-endian. The picture, 16 x 8, XRGB8888: in
 * the pixel (0, 0) the frames that ran, in (1, 0) the other number, then colours that depend on both.
 */
#ifndef BASE_H
#define BASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lr_abi.h"

#define RAM_SIZE 256
#define WIDTH 16
#define HEIGHT 8
#define FPS 60.0
#define SAMPLE_RATE 48000.0

extern uint8_t ram[RAM_SIZE];
extern lr_environment ask;
extern lr_video_refresh show;
extern lr_audio_sample play;
extern lr_audio_batch play_batch;
extern lr_input_poll poll_input;
extern lr_input_state input;
/* What load_game was given; base.c copies it. */
extern char game[4096];
extern size_t game_size;

uint32_t get32(const uint8_t *at);
void put32(uint8_t *at, uint32_t value);
void put16(uint8_t *at, uint16_t value);

/* A picture of this size, at FPS and SAMPLE_RATE. */
void describe(struct lr_av_info *info, unsigned width, unsigned height);

/* What retro_run does, one after the other; and what load_game does with a game, or NULL. */
void core_think(void);
void core_draw(void);
void core_sound(void);
bool core_load(const struct lr_game_info *info);

#define DECLARE(result, name, arguments) result retro_##name arguments;
LR_FUNCTIONS(DECLARE)
#undef DECLARE

/* What only cores need of libretro. */
enum { JOYPAD_B = 0, JOYPAD_A = 8, JOYPAD_L2 = 12, JOYPAD_R2 = 13 };
enum { KEY_RETURN = 13, KEY_ESCAPE = 27, KEY_a = 97, KEY_LSHIFT = 304 };
enum { MEMDESC_SYSTEM_RAM = 4, ZAPPER = 2 << 8 | LR_DEVICE_LIGHTGUN };

#endif
