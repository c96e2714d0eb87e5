/* What walks, leaps and flies, and what comes out of blocks. */

#include "hop.h"

u8 visible;

#define SQUASHED 24
#define FALLING 0x80

static u8 enemy_wait[ENEMIES];
static u8 i, kind, speed;
static s16 place;
static u16 ahead;
static s8 item_vy[ITEMS];

/* How far an enemy walks, in 1/256 pixels per frame. */
static const u8 speeds[LEVELS + 1] = {110, 110, 120, 135, 150, 165, 180};
static const s8 wave[16] = {0, 1, 1, 1, 1, 1, 1, 0, 0, -1, -1, -1, -1, -1, -1, 0};
static const u16 chain_points[8] = {10, 20, 40, 50, 80, 100, 200, 400};

void enemies_clear(void) {
    for (i = 0; i < ENEMIES; ++i)
        enemy_type[i] = NOTHING;
    for (i = 0; i < ITEMS; ++i)
        item_type[i] = NO_ITEM;
}

void enemies_spawn(u8 type, u8 where, u16 x) {
    for (i = 0; i < ENEMIES; ++i)
        if (enemy_type[i] == NOTHING) {
            enemy_type[i] = type;
            enemy_mode[i] = 0;
            enemy_x[i] = x;
            enemy_y[i] = (u8)(where << 4) + TOP;
            enemy_vx[i] = -1;
            enemy_vy[i] = 0;
            enemy_timer[i] = 0;
            enemy_wait[i] = 40;
            return;
        }
}

static void walk(void) {
    enemy_timer[i] += speed;
    if (enemy_timer[i] >= speed)
        return;
    ahead = enemy_x[i] + enemy_vx[i];
    probe_x = enemy_vx[i] < 0 ? ahead + 1 : ahead + 14;
    probe_y = enemy_y[i] + 8;
    if (tile_kind() >= K_SOLID) {
        enemy_vx[i] = -enemy_vx[i];
        return;
    }
    if (kind == PACER && enemy_vy[i] == 0) {
        probe_y += 9;
        if (tile_kind() < K_PLANK) {
            enemy_vx[i] = -enemy_vx[i];
            return;
        }
    }
    enemy_x[i] = ahead;
}

static void fall(void) {
    if (enemy_vy[i] < 60)
        enemy_vy[i] += 3;
    place = (s16)enemy_y[i] + (enemy_vy[i] >> 4);
    if (place > 236) {
        enemy_type[i] = NOTHING;
        return;
    }
    if (place < 8)
        place = 8;
    if (enemy_vy[i] >= 0) {
        probe_y = place + 16;
        probe_x = enemy_x[i] + 5;
        speed = tile_kind() >= K_PLANK;
        probe_x += 6;
        if (speed || tile_kind() >= K_PLANK) {
            place = ((u8)(place + 16 - TOP) & 0xF0) + TOP - 16;
            enemy_vy[i] = 0;
        }
    }
    enemy_y[i] = (u8)place;
}

static void points(u16 x, u8 y) {
    add_score(chain_points[chain]);
    item_add(POINTS, x + 4, y);
    if (chain < 7)
        ++chain;
}

static void meet(void) {
    ahead = enemy_x[i] + 12 - hero_x;
    if (ahead >= 22 || death)
        return;
    place = hero_y - (s16)enemy_y[i];
    if (place > 12 || place < -14)
        return;
    if (kind != THORN && hero_vy > 0x80 && place < -2) {
        enemy_mode[i] = kind == GRUB || kind == PACER ? SQUASHED : FALLING;
        enemy_vy[i] = -20;
        points(enemy_x[i], enemy_y[i]);
        hero_vy = (pad & PAD_A) ? -0x0480 : -0x0340;
        on_ground = 0;
        sound_play(S_STOMP);
    } else
        hero_hurt();
}

void enemies_move(void) {
    for (i = 0; i < ENEMIES; ++i) {
        kind = enemy_type[i];
        if (kind == NOTHING)
            continue;
        if ((s16)(enemy_x[i] - camera) < -24) {
            enemy_type[i] = NOTHING;
            continue;
        }
        if (enemy_mode[i] & FALLING) {
            enemy_vy[i] += 3;
            place = (s16)enemy_y[i] + (enemy_vy[i] >> 4);
            enemy_y[i] = (u8)place;
            if (place > 236)
                enemy_type[i] = NOTHING;
            continue;
        }
        if (enemy_mode[i]) {
            if (!--enemy_mode[i])
                enemy_type[i] = NOTHING;
            continue;
        }
        /* Asleep until it is about to be seen. */
        if ((s16)(enemy_x[i] - camera) > 272)
            continue;
        speed = speeds[level];
        if (kind == BAT) {
            enemy_timer[i] += speed;
            if (enemy_timer[i] < speed)
                --enemy_x[i];
            if (state_timer & 1)
                enemy_y[i] += wave[(++enemy_wait[i] >> 2) & 15];
        } else if (kind == HOPPER) {
            if (enemy_vy[i] == 0) {
                if (!--enemy_wait[i]) {
                    enemy_wait[i] = 24 + (rng & 31);
                    enemy_vy[i] = -58;
                    enemy_vx[i] = hero_x < enemy_x[i] ? -1 : 1;
                    enemy_y[i] -= 1;
                }
            } else {
                speed = 220;
                walk();
            }
            fall();
        } else {
            walk();
            fall();
        }
        if (enemy_type[i])
            meet();
    }
}

void screen_place(u16 x) {
    place = x - camera;
    visible = place > -16 && place < 256;
    spr_clip = place < 0 ? 0x80 : 0;
    spr_x = (u8)place;
}

void enemies_draw(void) {
    static u8 beat;
    beat = (u8)(state_timer >> 3) & 1;
    for (i = 0; i < ENEMIES; ++i) {
        kind = enemy_type[i];
        if (kind == NOTHING)
            continue;
        screen_place(enemy_x[i]);
        if (!visible)
            continue;
        spr_y = enemy_y[i] - 1;
        spr_flags = enemy_vx[i] < 0 ? 0 : 0x40;
        if (enemy_mode[i] & FALLING)
            spr_flags |= 0x80;
        switch (kind) {
        case GRUB:
            spr_frame = enemy_mode[i] ? F_GRUB_FLAT : F_GRUB + beat;
            spr_flags |= 1;
            break;
        case PACER:
            spr_frame = enemy_mode[i] ? F_BEETLE_FLAT : F_BEETLE + beat;
            spr_flags |= 3;
            break;
        case HOPPER:
            spr_frame = enemy_vy[i] ? F_FROG + 1 : F_FROG;
            spr_flags |= 2;
            break;
        case BAT:
            spr_frame = F_BAT + beat;
            spr_flags |= 3;
            break;
        default:
            spr_frame = F_THORN + beat;
            spr_flags |= 1;
        }
        put_sprite();
    }
}

/* --- items --- */

void item_add(u8 type, u16 x, u8 y) {
    static u8 n;
    for (n = 0; n < ITEMS; ++n)
        if (item_type[n] == NO_ITEM) {
            item_type[n] = type;
            item_timer[n] = 0;
            item_x[n] = x;
            item_y[n] = y;
            item_vy[n] = type == POINTS ? -8 : type == CARROT ? 0 : -48;
            return;
        }
}

void items_move(void) {
    for (i = 0; i < ITEMS; ++i) {
        kind = item_type[i];
        if (kind == NO_ITEM)
            continue;
        ++item_timer[i];
        if (kind == CARROT) {
            if ((s16)(item_x[i] - camera) < -16)
                item_type[i] = NO_ITEM;
            ahead = item_x[i] + 12 - hero_x;
            place = hero_y - (s16)item_y[i];
            if (item_timer[i] > 15 && ahead < 24 && place > -16 && place < 16) {
                item_type[i] = NO_ITEM;
                add_score(50);
                item_add(POINTS, hero_x, item_y[i]);
                if (power && lives < 9)
                    ++lives;
                power = 1;
                sound_play(S_POWER);
            }
            continue;
        }
        if (kind == SHARD_LEFT)
            item_x[i] -= 1;
        if (kind == SHARD_RIGHT)
            item_x[i] += 1;
        if (kind != POINTS)
            item_vy[i] += 4;
        place = (s16)item_y[i] + (item_vy[i] >> 4);
        item_y[i] = (u8)place;
        if (item_timer[i] > 28 && (kind == COIN_POP || kind == POINTS))
            item_type[i] = NO_ITEM;
        if (place > 236 || place < 8)
            item_type[i] = NO_ITEM;
    }
}

void items_draw(void) {
    for (i = 0; i < ITEMS; ++i) {
        kind = item_type[i];
        if (kind == NO_ITEM)
            continue;
        screen_place(item_x[i]);
        if (!visible)
            continue;
        spr_y = item_y[i] - 1;
        spr_flags = 1;
        switch (kind) {
        case COIN_POP:
            spr_frame = F_COIN + ((item_timer[i] >> 2) & 1);
            break;
        case CARROT:
            spr_frame = F_CARROT;
            if (item_timer[i] < 16) {
                spr_y += 16 - item_timer[i];
                spr_flags = 0x21;
            }
            break;
        case POINTS:
            spr_frame = F_SPARKLE;
            break;
        default:
            spr_frame = F_SHARD;
        }
        put_sprite();
    }
}
