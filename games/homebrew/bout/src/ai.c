#include "ai.h"

#include "fighter.h"
#include "moves.h"
#include "util.h"

/* Directions of a script are relative to the opponent. */
enum { FWD = 0x4000, BACK = 0x8000, NEUTRAL = 0 };

struct step { uint16_t bits; uint8_t frames; };

static const struct step s_wait[] = {{NEUTRAL, 10}, {0, 0}};
static const struct step s_forward[] = {{FWD, 14}, {0, 0}};
static const struct step s_back[] = {{BACK, 14}, {0, 0}};
static const struct step s_guard[] = {{BACK | IN_DOWN, 16}, {0, 0}};
static const struct step s_guard_high[] = {{BACK, 12}, {0, 0}};
static const struct step s_lp[] = {{IN_LP, 2}, {0, 12}, {0, 0}};
static const struct step s_mp[] = {{IN_MP, 2}, {0, 16}, {0, 0}};
static const struct step s_hp[] = {{IN_HP, 2}, {0, 28}, {0, 0}};
static const struct step s_mk[] = {{IN_MK, 2}, {0, 20}, {0, 0}};
static const struct step s_hk[] = {{IN_HK, 2}, {0, 34}, {0, 0}};
static const struct step s_low[] = {{IN_DOWN | IN_LK, 3}, {IN_DOWN, 8}, {0, 0}};
static const struct step s_low_mid[] = {{IN_DOWN | IN_MK, 3}, {IN_DOWN, 18}, {0, 0}};
static const struct step s_sweep[] = {{IN_DOWN | IN_HK, 3}, {IN_DOWN, 30}, {0, 0}};
static const struct step s_uppercut[] = {{IN_DOWN | IN_HP, 3}, {0, 30}, {0, 0}};
static const struct step s_rise[] = {{IN_LK | IN_MK, 2}, {0, 44}, {0, 0}};
static const struct step s_rush[] = {{IN_LP | IN_MP, 2}, {0, 36}, {0, 0}};
static const struct step s_throw[] = {{IN_LP | IN_LK, 2}, {0, 24}, {0, 0}};
static const struct step s_step_throw[] = {{FWD, 10}, {IN_LP | IN_LK, 2}, {0, 24}, {0, 0}};
static const struct step s_jump_in[] = {{FWD | IN_UP, 5}, {FWD, 20}, {IN_HK, 2}, {0, 14}, {IN_DOWN | IN_LK, 3}, {0, 0}};
static const struct step s_jump_back[] = {{BACK | IN_UP, 5}, {BACK, 30}, {0, 0}};
static const struct step s_combo_1[] = {{IN_LP, 2}, {0, 4}, {IN_MP, 2}, {0, 5}, {IN_LP | IN_MP, 3}, {0, 36}, {0, 0}};
static const struct step s_combo_2[] = {
    {IN_DOWN | IN_LK, 2}, {IN_DOWN, 4}, {IN_DOWN | IN_MP, 2}, {IN_DOWN, 5}, {IN_LP | IN_MP, 3}, {0, 36}, {0, 0}};
static const struct step s_combo_3[] = {{IN_MP, 2}, {0, 5}, {IN_LP | IN_MP, 3}, {0, 36}, {0, 0}};
static const struct step s_combo_4[] = {{IN_DOWN | IN_MK, 2}, {IN_DOWN, 7}, {IN_LP | IN_MP, 3}, {0, 36}, {0, 0}};

struct ai {
    const struct step *script;
    uint8_t left;           /* frames left of the current step */
    uint8_t level;
    uint8_t think;          /* frames until it may look up again */
    uint8_t reaction;       /* frames until it notices the move it has seen begin */
    uint8_t guard_frames;
    uint8_t guard_low;
    uint8_t punish;         /* wants to strike when the opponent's move has missed */
    uint8_t awaiting;
    uint16_t seen;          /* the opponent's move_count that it has reacted to */
};

static struct ai brains[2];

int ai_level(int stage, int difficulty)
{
    return clamp((stage - 1) * 2 + difficulty * 3, 0, 39);
}

void ai_reset(int player, int level)
{
    struct ai *m = &brains[player];
    m->script = 0;
    m->left = 0;
    m->level = (uint8_t)level;
    m->think = 20;
    m->reaction = m->guard_frames = m->punish = m->awaiting = 0;
    m->seen = 0;
}

/* A value that runs from `low` at level 0 to `high` at level 39. */
static int scaled(const struct ai *m, int low, int high)
{
    return low + (((high - low) * m->level * 105) >> 12);
}

static void play(struct ai *m, const struct step *script)
{
    m->script = script;
    m->left = script[0].frames;
}

static const struct step *near_choice(const struct ai *m, const struct fighter *me, const struct fighter *you)
{
    if (rng_percent(scaled(m, 12, 0)))
        return s_wait;
    if (you->act == ACT_BLOCKSTUN && rng_percent(scaled(m, 10, 45)))
        return s_step_throw;
    if (me->distance <= THROW_RANGE && rng_percent(scaled(m, 10, 30)))
        return s_throw;
    if (rng_percent(scaled(m, 4, 60)))
        return rng_percent(50) ? s_combo_2 : s_combo_1;
    switch (rng_below(8)) {
    case 0: return s_lp;
    case 1: return s_low;
    case 2: return s_mp;
    case 3: return s_hp;
    case 4: return rng_percent(scaled(m, 50, 90)) ? s_guard : s_sweep;
    case 5: return s_back;
    case 6: return s_low_mid;
    default: return rng_percent(scaled(m, 30, 5)) ? s_rise : s_guard;
    }
}

static const struct step *middle_choice(const struct ai *m)
{
    if (rng_percent(scaled(m, 16, 0)))
        return s_wait;
    switch (rng_below(10)) {
    case 0: return s_hk;
    case 1: return s_mk;
    case 2: return s_sweep;
    case 3: return s_jump_in;
    case 4: return rng_percent(scaled(m, 20, 60)) ? s_combo_4 : s_low_mid;
    case 5: return s_guard;
    case 6: return s_back;
    case 7: return rng_percent(scaled(m, 60, 25)) ? s_rush : s_hp;
    default: return s_forward;
    }
}

static const struct step *far_choice(const struct ai *m)
{
    if (rng_percent(scaled(m, 22, 4)))
        return s_wait;
    switch (rng_below(10)) {
    case 0: return s_jump_in;
    case 1: return rng_percent(scaled(m, 40, 10)) ? s_rush : s_forward;
    case 2: return s_guard_high;
    case 3: return rng_percent(30) ? s_jump_back : s_back;
    default: return s_forward;
    }
}

static const struct step *punish_choice(const struct ai *m, const struct fighter *me, const struct fighter *you)
{
    if (you->airborne || you->py > 40)
        return s_wait;
    if (me->meter >= METER_MAX && me->distance > THROW_RANGE && rng_percent(70))
        return s_throw;                     /* with a full meter and no one close this is the super */
    if (me->distance <= 56)
        return rng_percent(scaled(m, 20, 85)) ? s_combo_3 : s_hp;
    if (me->distance <= 74)
        return rng_percent(scaled(m, 30, 80)) ? s_combo_4 : s_mk;
    return rng_percent(60) ? s_sweep : s_rush;
}

/* Looks at what the opponent does. Reacts to each of its moves once, after a delay. */
static void watch(struct ai *m, const struct fighter *me, const struct fighter *you)
{
    if (you->move_count != m->seen) {
        m->seen = you->move_count;
        m->reaction = (uint8_t)(scaled(m, 15, 3) + rng_below(4));
        m->awaiting = you->move != MV_NONE;
    }
    if (m->reaction) {
        m->reaction--;
        return;
    }
    if (!m->awaiting)
        return;
    m->awaiting = 0;
    if (me->state > ST_CROUCH)
        return;                             /* busy: too late */
    const struct move *move = &moves[you->move];
    if (you->move && me->distance < move->x1 + 40 && you->act <= ACT_ACTIVE
        && move->level != GRAB && rng_percent(scaled(m, 25, 92))) {
        int left = move->startup + move->active - you->timer;
        m->guard_frames = (uint8_t)clamp(left + 4, 4, 40);
        m->guard_low = move->level != OVERHEAD;
        if (rng_percent(scaled(m, 25, 2)))
            m->guard_low = !m->guard_low;   /* guesses wrong */
    }
    m->punish = (uint8_t)rng_percent(scaled(m, 15, 95));
}

static int relative(const struct fighter *me, uint16_t bits)
{
    int out = bits & 0x3fff;
    if (bits & FWD)
        out |= me->facing ? IN_LEFT : IN_RIGHT;
    if (bits & BACK)
        out |= me->facing ? IN_RIGHT : IN_LEFT;
    return out;
}

uint16_t ai_input(int player)
{
    struct ai *m = &brains[player];
    const struct fighter *me = FIGHTER(player), *you = FIGHTER(1 - player);
    watch(m, me, you);
    if (m->guard_frames && me->state <= ST_BLOCK) {
        m->guard_frames--;
        m->script = 0;
        m->think = 0;
        return (uint16_t)relative(me, m->guard_low ? BACK | IN_DOWN : BACK);
    }
    int free = me->state <= ST_CROUCH;
    if (m->punish && free && you->act == ACT_RECOVERY && me->distance < 92) {
        m->punish = 0;
        play(m, punish_choice(m, me, you));
    } else if (free && !m->script && you->act == ACT_AIR && you->vy < 0 && me->distance < 80
               && rng_percent(scaled(m, 2, 26))) {
        play(m, rng_percent(60) ? s_uppercut : s_rise);
    } else if (!m->script && free) {
        if (m->think) {
            m->think--;
            return 0;
        }
        play(m, me->distance < 58 ? near_choice(m, me, you) : me->distance < 110 ? middle_choice(m) : far_choice(m));
        m->think = (uint8_t)rng_below(scaled(m, 26, 3) + 1);
    }
    if (!m->script)
        return 0;
    int bits = relative(me, m->script->bits);
    if (--m->left == 0) {
        m->script++;
        m->left = m->script->frames;
        if (!m->script->frames)
            m->script = 0;
    }
    return (uint16_t)bits;
}
