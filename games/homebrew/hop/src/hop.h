/* What all files share. The variables at fixed addresses are laid out in state.s. */

#ifndef HOP_H
#define HOP_H

typedef unsigned char u8;
typedef signed char s8;
typedef unsigned int u16;
typedef int s16;
typedef unsigned long u32;

/* --- state.s --- */

enum { BOOT, TITLE, INTRO, PLAY, DYING, FLAG, TALLY, GAME_OVER, ENDING };
enum { ALIVE, BY_ENEMY, BY_PIT, BY_TIME, BY_SPIKES };

extern u8 state, level, lives, coins, on_ground, facing, death, flag_reached, start_level, power, chain, deaths;
extern u8 levels_done, pad, pad_new, hurt_timer, pit_ahead, wall_ahead, hero_x_sub, hero_y_sub;
extern u16 time, hero_x, camera, level_width, flag_x, state_timer, rng, best_x, late_frames;
extern s16 hero_y, hero_vx, hero_vy;
extern u32 score, frame_counter;

#define ENEMIES 8
#define ITEMS 4
extern u8 enemy_type[ENEMIES], enemy_mode[ENEMIES], enemy_y[ENEMIES], enemy_timer[ENEMIES];
extern s8 enemy_vx[ENEMIES], enemy_vy[ENEMIES];
extern u16 enemy_x[ENEMIES];
extern u8 item_type[ITEMS], item_timer[ITEMS], item_y[ITEMS];
extern u16 item_x[ITEMS];

/* tile kinds come from art.h: everything from K_SOLID on is solid, K_PLANK only from above */
enum { NOTHING, GRUB, HOPPER, BAT, THORN, PACER };
enum { NO_ITEM, COIN_POP, CARROT, SHARD_LEFT, SHARD_RIGHT, POINTS };

/* --- start.s --- */

#define PAD_A 0x80
#define PAD_B 0x40
#define PAD_SELECT 0x20
#define PAD_START 0x10
#define PAD_UP 0x08
#define PAD_DOWN 0x04
#define PAD_LEFT 0x02
#define PAD_RIGHT 0x01

extern u8 column_tiles_ready, scroll_x, scroll_high, split, queue_length, palette_ready, ppu_mask;
extern u8 spr_x, spr_y, spr_frame, spr_flags, spr_next, spr_clip;
extern u16 column_address, attribute_address;
#pragma zpsym("column_tiles_ready")
#pragma zpsym("scroll_x")
#pragma zpsym("scroll_high")
#pragma zpsym("split")
#pragma zpsym("queue_length")
#pragma zpsym("palette_ready")
#pragma zpsym("ppu_mask")
#pragma zpsym("spr_x")
#pragma zpsym("spr_y")
#pragma zpsym("spr_frame")
#pragma zpsym("spr_flags")
#pragma zpsym("spr_next")
#pragma zpsym("spr_clip")
#pragma zpsym("column_address")
#pragma zpsym("attribute_address")
extern u8 column_tiles[52], column_attributes[7], queue[64], palette[32];

void wait_frame(void);
void screen_off(void);
void screen_on(void);
void __fastcall__ vram_seek(u16 address);
void __fastcall__ vram_put(u8 value);
void __fastcall__ vram_fill(u16 count);
void read_pad(void);
void clear_sprites(void);
void put_sprite(void);
void put_tall_sprite(void);

#define OAM ((u8 *)0x0200)

/* --- level.c --- */

#define TOP 32    /* the status bar's height */
#define ROWS 13
#define LEVELS 6
#define WORLD ((u8 *)0x0400) /* 13 rows of 32 columns, wrapped around */

void level_load(void);       /* `level`, or 0 for the title; with the screen off */
void level_scroll(void);     /* decodes half of the next column, if the camera is about to see it */
u8 tile_kind(void);          /* what lies at probe_x, probe_y */
void tile_set(u8 tile);      /* replaces what tile_kind found last, here and in the picture */
extern u16 probe_x;
extern s16 probe_y;
extern u8 probe_index, probe_row;

/* --- hero.c --- */

void hero_place(void);
void hero_move(void);
void hero_draw(void);
void hero_die(u8 cause);
void hero_hurt(void);
void hero_look(void);        /* sets pit_ahead and wall_ahead */

/* --- enemy.c --- */

void enemies_clear(void);
void enemies_spawn(u8 type, u8 column_row, u16 x);
void enemies_move(void);
void enemies_draw(void);
void items_move(void);
void items_draw(void);
void item_add(u8 type, u16 x, u8 y);
void screen_place(u16 x);    /* world to screen; spr_next is left alone; spr_frame is 255 if it cannot be seen */
extern u8 visible;

/* --- status.c --- */

void add_score(u16 points);
void add_coin(void);
void status_draw(void);      /* the whole bar, with the screen off */
void status_update(void);    /* queues what has changed */
void status_number(u16 value, u8 digits);
extern u8 digits[6];

/* --- sound.c --- */

enum { S_JUMP, S_COIN, S_STOMP, S_BUMP, S_BREAK, S_POWER, S_HURT, S_DIE, S_FLAG, S_LIFE, S_START, S_SPRING };
void sound_play(u8 number);
void sound_update(void);

/* --- made from art and levels --- */

#include "art.h"

#endif
