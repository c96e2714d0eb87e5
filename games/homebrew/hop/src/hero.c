/* The hero: a hare that walks, runs, jumps as high as the button is held, and bounces off what it lands on. */

#include "hop.h"

/* Speeds are 1/256 pixels per frame. */
#define WALK 0x0180
#define RUN 0x0280
#define ACCELERATE 0x0E
#define BRAKE 0x28
#define FRICTION 0x12
#define JUMP (-0x0490)
#define JUMP_FAST (-0x04D0)
#define BOUNCE (-0x0380)
#define FALL_HELD 0x28
#define FALL 0x70
#define FALL_MOST 0x0420
#define WIDTH 12
#define HEIGHT 16

static s16 limit, moved;
static u8 kind, wanted, step, animation, coyote, buffered;
static u16 feet_x;

void hero_place(void) {
    hero_x = 40;
    hero_y = TOP + 16 * 11 - HEIGHT;
    hero_x_sub = hero_y_sub = 0;
    hero_vx = hero_vy = 0;
    on_ground = 1;
    facing = 0;
    death = ALIVE;
    flag_reached = 0;
    chain = 0;
    hurt_timer = 0;
    best_x = hero_x;
    animation = 0;
    coyote = buffered = 0;
}

void hero_die(u8 cause) {
    if (death)
        return;
    death = cause;
    power = 0;
    ++deaths;
    sound_play(S_DIE);
}

void hero_hurt(void) {
    if (hurt_timer)
        return;
    if (power) {
        power = 0;
        hurt_timer = 120;
        sound_play(S_HURT);
    } else
        hero_die(BY_ENEMY);
}

/* Takes what can be taken from the tile that was probed. */
static void touch(void) {
    if (kind == K_COIN) {
        tile_set(T_EMPTY);
        add_coin();
    } else if (kind == K_DEADLY)
        hero_die(BY_SPIKES);
}

static u8 solid(void) {
    kind = tile_kind();
    if (kind == K_COIN || kind == K_DEADLY) {
        touch();
        return 0;
    }
    return kind >= K_SOLID;
}

/* A block that is hit from below; the probe is on it. */
static void bump(void) {
    static u16 x;
    static u8 y;
    x = probe_x & 0xFFF0;
    y = (u8)(probe_row << 4) + TOP - 16;
    if (kind == K_BONUS) {
        tile_set(T_USED);
        item_add(COIN_POP, x + 4, y);
        add_coin();
    } else if (kind == K_CARROT) {
        tile_set(T_USED);
        item_add(CARROT, x, y);
        sound_play(S_POWER);
    } else if (kind == K_BRICK && power) {
        tile_set(T_EMPTY);
        item_add(SHARD_LEFT, x, y + 16);
        item_add(SHARD_RIGHT, x + 8, y + 16);
        add_score(5);
        sound_play(S_BREAK);
    } else
        sound_play(S_BUMP);
}

static void walk(void) {
    wanted = pad & (PAD_LEFT | PAD_RIGHT);
    limit = (pad & PAD_B) ? RUN : WALK;
    if (wanted == PAD_RIGHT) {
        facing = 0;
        if (hero_vx < 0)
            hero_vx += BRAKE;
        else if (hero_vx < limit) {
            hero_vx += ACCELERATE;
            if (hero_vx > limit)
                hero_vx = limit;
        } else if (on_ground && hero_vx > limit)
            hero_vx -= ACCELERATE;
    } else if (wanted == PAD_LEFT) {
        facing = 1;
        if (hero_vx > 0)
            hero_vx -= BRAKE;
        else if (hero_vx > -limit) {
            hero_vx -= ACCELERATE;
            if (hero_vx < -limit)
                hero_vx = -limit;
        } else if (on_ground && hero_vx < -limit)
            hero_vx += ACCELERATE;
    } else if (on_ground) {
        if (hero_vx > FRICTION)
            hero_vx -= FRICTION;
        else if (hero_vx < -FRICTION)
            hero_vx += FRICTION;
        else
            hero_vx = 0;
    }
}

static void move_x(void) {
    moved = (s16)hero_x_sub + hero_vx;
    hero_x_sub = (u8)moved;
    moved >>= 8;
    hero_x += moved;
    if ((s16)(hero_x - camera) < 2) {
        hero_x = camera + 2;
        hero_vx = 0;
    }
    if (hero_x > level_width - 18)
        hero_x = level_width - 18;
    if (hero_vx == 0)
        return;
    probe_x = hero_vx > 0 ? hero_x + WIDTH - 1 : hero_x;
    probe_y = hero_y + 3;
    step = solid();
    probe_y = hero_y + HEIGHT - 2;
    step |= solid();
    if (step && kind != K_PLANK) {
        hero_x = hero_vx > 0 ? (probe_x & 0xFFF0) - WIDTH : (probe_x & 0xFFF0) + 16;
        hero_x_sub = 0;
        hero_vx = 0;
    }
}

/* Two probes, left and right; `step` gets whether either is solid. A plank counts only from above. */
static void move_y(void) {
    static s16 old;
    static u8 left;
    static u8 left_kind, left_index;
    old = hero_y;
    moved = (s16)hero_y_sub + hero_vy;
    hero_y_sub = (u8)moved;
    moved >>= 8;
    hero_y += moved;
    on_ground = 0;
    if (hero_vy >= 0) {
        probe_y = hero_y + HEIGHT;
        probe_x = hero_x + 1;
        step = solid();
        probe_x = hero_x + WIDTH - 2;
        step |= solid();
        if (!step) {
            /* A plank holds what comes from above its top. */
            kind = tile_kind();
            if (kind != K_PLANK) {
                probe_x = hero_x + 1;
                kind = tile_kind();
            }
            if (kind == K_PLANK && old + HEIGHT <= (s16)(probe_row << 4) + TOP)
                step = 1;
        }
        if (step && probe_y >= TOP) {
            hero_y = ((u8)(probe_y - TOP) & 0xF0) + TOP - HEIGHT;
            hero_y_sub = 0;
            hero_vy = 0;
            on_ground = 1;
            chain = 0;
            coyote = 5;
        }
    } else {
        probe_y = hero_y + 1;
        if (probe_y < TOP)
            return;
        probe_x = hero_x + 2;
        left = solid();
        left_kind = kind;
        left_index = probe_index;
        probe_x = hero_x + WIDTH - 3;
        step = solid();
        if (left || step) {
            /* Which of two blocks is hit: the one above the middle. */
            if (left && (!step || ((hero_x + WIDTH / 2) & 0xFFF0) != (probe_x & 0xFFF0))) {
                kind = left_kind;
                probe_index = left_index;
                probe_x = hero_x + 2;
            }
            bump();
            hero_y = (s16)(probe_row << 4) + TOP + 15;
            hero_y_sub = 0;
            hero_vy = 0x40;
        }
    }
}

void hero_move(void) {
    walk();
    if (pad_new & PAD_A)
        buffered = 6;
    else if (buffered)
        --buffered;
    if (coyote)
        --coyote;
    if (buffered && (on_ground || coyote)) {
        moved = hero_vx < 0 ? -hero_vx : hero_vx;
        hero_vy = moved > 0x01C0 ? JUMP_FAST : JUMP;
        hero_y_sub = 0;
        on_ground = 0;
        coyote = buffered = 0;
        sound_play(S_JUMP);
    }
    move_x();
    move_y();
    if (hero_vy < FALL_MOST)
        hero_vy += ((pad & PAD_A) && hero_vy < 0) ? FALL_HELD : FALL;
    if (on_ground)
        hero_vy = 0x80;
    if (hero_y >= 240)
        hero_die(BY_PIT);
    if (hurt_timer)
        --hurt_timer;
    if (hero_x > best_x)
        best_x = hero_x;
}

void hero_look(void) {
    static u8 count, column, at, feet;
    static const u8 *earth;
    static const u8 *wall;
    pit_ahead = wall_ahead = 255;
    column = (u8)((hero_x + 6) >> 4);
    /* The row before the hare's feet; none above the picture or below it. */
    feet = hero_y < TOP - 8 || hero_y >= 232 ? 255 : (u8)(hero_y + 8 - TOP) >> 4;
    earth = WORLD + 32 * 11;
    wall = WORLD + ((u16)feet << 5);
    for (count = 0; count < 7; ++count) {
        at = column & 31;
        if (pit_ahead == 255 && tile_kinds[earth[at]] < K_PLANK)
            pit_ahead = count;
        if (wall_ahead == 255 && feet != 255 && tile_kinds[wall[at]] >= K_SOLID)
            wall_ahead = count;
        ++column;
    }
}

void hero_draw(void) {
    if (hurt_timer & 2)
        return;
    moved = hero_vx < 0 ? -hero_vx : hero_vx;
    if (death)
        spr_frame = F_HERO_HURT;
    else if (state == FLAG && !on_ground)
        spr_frame = F_HERO_SLIDE;
    else if (!on_ground)
        spr_frame = hero_vy < 0 ? F_HERO_JUMP : F_HERO_FALL;
    else if (moved < 0x20)
        spr_frame = F_HERO_STAND;
    else if ((hero_vx > 0 && wanted == PAD_LEFT) || (hero_vx < 0 && wanted == PAD_RIGHT))
        spr_frame = F_HERO_SKID;
    else {
        animation += 4 + (u8)(moved >> 6);
        spr_frame = F_HERO_RUN + ((animation >> 6) & 3);
    }
    if (hero_y < 8 || hero_y > 236)
        return;
    feet_x = hero_x - 2 - camera;
    spr_clip = 0;
    spr_x = (u8)feet_x;
    spr_y = (u8)hero_y - 9;
    spr_flags = (facing ? 0x40 : 0) | (power ? 2 : 0);
    put_tall_sprite();
}
