/* What bout keeps at documented addresses. README.md lists them; change both together. */
#ifndef STATE_H
#define STATE_H

#include <stddef.h>
#include <stdint.h>

/* The addresses that the Street Fighter environment class watches. */
#define FIGHTING_A (*(volatile uint8_t *)0x0200ee44)
#define FIGHTING_B (*(volatile uint8_t *)0x02011389)
#define WINS(i) (*(volatile uint8_t *)((i) ? 0x02011385 : 0x02011383))
/* Further ones, which other programs for the same board read: 0 while that player stands left of the other, 1 while
   right of it; and who it is. */
#define SIDE(i) (*(volatile uint8_t *)((i) ? 0x02068c76 : 0x02016b8e))
#define CHARACTER(i) (*(volatile uint8_t *)((i) ? 0x02011388 : 0x02011387))
#define HEALTH(i) (*(volatile int16_t *)((i) ? 0x020691a2 : 0x02068d0a))

enum { FULL_HEALTH = 160, METER_MAX = 100, STAGES = 10, CHARACTERS = 4 };

enum phase {
    PHASE_TITLE = 1, PHASE_SELECT, PHASE_STYLE, PHASE_INTRO, PHASE_ROUND_INTRO, PHASE_FIGHT, PHASE_ROUND_END,
    PHASE_VICTORY, PHASE_BLACK, PHASE_CONTINUE, PHASE_GAME_OVER, PHASE_ENDING, PHASE_SERVICE, PHASE_CHALLENGER,
};

/* Bits of a player's input word. */
enum {
    IN_UP = 1, IN_DOWN = 2, IN_LEFT = 4, IN_RIGHT = 8, IN_LP = 0x10, IN_MP = 0x20, IN_HP = 0x40,
    IN_LK = 0x80, IN_MK = 0x100, IN_HK = 0x200, IN_START = 0x400, IN_COIN = 0x800, IN_SERVICE = 0x1000,
    IN_ATTACK = 0x3f0,
};

enum fighter_state {
    ST_STAND, ST_WALK_FORWARD, ST_WALK_BACK, ST_CROUCH, ST_JUMP, ST_ATTACK, ST_AIR_ATTACK, ST_LAND,
    ST_HIT, ST_BLOCK, ST_FALL, ST_DOWN, ST_RISE, ST_THROWN, ST_WIN, ST_LOSE, ST_PREJUMP,
};

/* What an opponent or an agent wants to know, boiled down. */
enum act { ACT_FREE, ACT_STARTUP, ACT_ACTIVE, ACT_RECOVERY, ACT_HITSTUN, ACT_BLOCKSTUN, ACT_DOWN, ACT_AIR };

struct fighter {
    int32_t x, y;           /* 00 04  1/256 pixel; x of the feet's middle, y above the floor */
    int32_t vx, vy;         /* 08 0c  per frame */
    int16_t px, py;         /* 10 12  the same in pixels */
    uint8_t character;      /* 14     0 to 3 */
    uint8_t state;          /* 15     enum fighter_state */
    uint8_t move;           /* 16     0 none, else enum move_id */
    uint8_t act;            /* 17     enum act */
    uint8_t timer;          /* 18     frames since the move began, or frames of stun left */
    uint8_t facing;         /* 19     0 right, 1 left */
    uint8_t meter;          /* 1a     0 to 100 */
    uint8_t combo;          /* 1b     hits taken without a pause */
    uint8_t crouching;      /* 1c */
    uint8_t airborne;       /* 1d */
    uint8_t guard;          /* 1e     0 none, 1 high, 2 low: what holding back would block now */
    uint8_t invulnerable;   /* 1f     frames left */
    uint16_t held;          /* 20     input bits */
    uint16_t pressed;       /* 22     input bits newly down */
    int16_t distance;       /* 24     pixels between the two fighters */
    uint16_t move_count;    /* 26     moves begun in this round */
    uint8_t connected;      /* 28     this move has hit (1) or was blocked (2) */
    uint8_t pose;           /* 29     picture */
    uint8_t style;          /* 2a     0 power, 1 speed, 2 guard */
    uint8_t alternate;      /* 2b     second colours */
    uint16_t buffer;        /* 2c     attack presses waiting */
    uint8_t buffer_age;     /* 2e */
    uint8_t animation;      /* 2f     walk and breath counter */
    uint16_t held_before;   /* 30 */
    uint8_t hits_done;      /* 32     hits of the current move, for moves with several */
    uint8_t flash;          /* 33 */
    uint8_t threat;         /* 34     1: the opponent's move will be active within reach */
    uint8_t pad[11];
};
_Static_assert(sizeof(struct fighter) == 0x40, "documented size");
_Static_assert(offsetof(struct fighter, act) == 0x17, "documented offset");
_Static_assert(offsetof(struct fighter, threat) == 0x34, "documented offset");

struct settings {
    uint8_t difficulty;     /* 0 to 7 */
    uint8_t round_time;     /* 0: 30, 1: 60, 2: 99 */
    uint8_t damage;         /* 0 low, 1 normal, 2 high */
    uint8_t continues;      /* 1: a lost game may be continued */
    uint8_t hit_stop;       /* 1: a hit stops both for some frames */
    uint8_t boxes;          /* 1: show the boxes */
    uint8_t free_play;
    uint8_t valid;
};

struct public_state {
    uint32_t frame;         /* 00  counts every frame since power-on */
    uint32_t rng;           /* 04 */
    uint8_t phase;          /* 08  enum phase */
    uint8_t stage;          /* 09  1 to 10 */
    uint8_t clock;          /* 0a  seconds, or what passes for them */
    uint8_t credits;        /* 0b */
    uint8_t round;          /* 0c  1 to 3 */
    uint8_t humans;         /* 0d  bit 0 player 1, bit 1 player 2 */
    uint8_t hit_stop;       /* 0e  frames for which both stand still */
    uint8_t last_hitter;    /* 0f  0 none, 1, 2 */
    uint16_t phase_frame;   /* 10  frames since the phase began */
    uint16_t clock_frames;  /* 12 */
    uint8_t winner;         /* 14  of the last round: 1, 2, 3 both */
    uint8_t match_winner;   /* 15 */
    uint8_t backdrop;       /* 16 */
    uint8_t menu_cursor;    /* 17  service menu */
    struct settings settings;/* 18 to 1f: difficulty at 18 */
    uint32_t score;         /* 20 */
    uint32_t games;         /* 24  bookkeeping */
    uint32_t coins;         /* 28 */
    uint32_t rounds;        /* 2c */
    uint32_t fight_frames;  /* 30 */
    uint32_t late_frames;   /* 34  frames that took longer than a frame */
    uint8_t cpu_level;      /* 38 */
    uint8_t versus;         /* 39 */
    uint8_t menu_screen;    /* 3a */
    uint8_t countdown;      /* 3b */
    uint8_t pad[4];
    struct fighter fighters[2]; /* 40 80 */
};
_Static_assert(offsetof(struct public_state, settings) == 0x18, "documented offset");
_Static_assert(offsetof(struct public_state, fighters) == 0x40, "documented offset");

#define G (*(struct public_state *)0x02020000)
#define FIGHTER(i) (&G.fighters[i])

#endif
