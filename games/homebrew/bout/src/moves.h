/* Frame data. README.md shows the table; `make` prints nothing of it, so keep both in step. */
#ifndef MOVES_H
#define MOVES_H
#include <stdint.h>

enum move_id {
    MV_NONE,
    MV_LP, MV_MP, MV_HP, MV_LK, MV_MK, MV_HK,               /* standing */
    MV_CLP, MV_CMP, MV_CHP, MV_CLK, MV_CMK, MV_CHK,         /* crouching */
    MV_JLP, MV_JMP, MV_JHP, MV_JLK, MV_JMK, MV_JHK,         /* in the air */
    MV_RUSH, MV_RISE, MV_THROW, MV_SUPER,
    MOVES,
};

enum level { MID, LOW, OVERHEAD, GRAB };

enum { F_CANCEL = 1, F_CHAIN = 2, F_KNOCKDOWN = 4, F_CHIP = 8, F_LAUNCH = 16 };

struct move {
    uint8_t startup, active, recovery;  /* frames; the first active frame is number `startup` from 0 */
    uint8_t damage, hitstun, blockstun;
    uint8_t push;                       /* 1/16 pixel per frame, at first */
    uint8_t level, flags, stop;         /* stop: frames both stand still on a hit */
    int8_t x0, x1, y0, y1;              /* hit box: forward from the feet's middle, up from the floor */
    int8_t advance;                     /* 1/16 pixel per frame while starting up and active */
    uint8_t invulnerable;               /* first frames */
    uint8_t hits;
    uint8_t meter;
    uint8_t poses[3];                   /* wind-up, active, recovery */
};

extern const struct move moves[MOVES];

struct character {
    const char *name;
    const char *title;
    uint8_t walk;           /* 1/16 pixel per frame */
    uint8_t damage;         /* 1/16 */
    uint8_t defence;        /* 1/16 of the damage that arrives */
    int8_t reach;           /* pixels added to every hit box */
    uint8_t half_width;
    uint8_t jump;           /* 1/16 pixel per frame, at first */
};

extern const struct character characters[4];
#endif
