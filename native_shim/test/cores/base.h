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
extern retro_environment_t ask;
extern retro_video_refresh_t show;
extern retro_audio_sample_t play;
extern retro_audio_sample_batch_t play_batch;
extern retro_input_poll_t poll_input;
extern retro_input_state_t input;
/* What load_game was given; base.c copies it. */
extern char game[4096];
extern size_t game_size;

uint32_t get32(const uint8_t *at);
void put32(uint8_t *at, uint32_t value);
void put16(uint8_t *at, uint16_t value);

/* What retro_run does, one after the other; and what load_game does with a game, or NULL. */
void core_think(void);
void core_draw(void);
void core_sound(void);
bool core_load(const struct retro_game_info *info);

#endif
