#include "ai.h"

#include "fighter.h"
#include "moves.h"
#include "util.h"

/* Directions of a script are relative to the opponent. */
enum { FWD = 0x4000, BACK = 0x8000, NEUTRAL = 0 };
/* Conditions of a step, without which the script ends: the last move has hit; a throw would reach. */
enum { IF_HIT = 0x2000, IF_CLOSE = 0x1000 };
enum { LEVELS = 63 };

struct step { uint16_t bits; uint8_t frames; };

static const struct step s_wait[] = {{NEUTRAL, 10}, {0, 0}};
static const struct step s_nothing[] = {{NEUTRAL, 3}, {0, 0}};
static const struct step s_creep[] = {{FWD, 2}, {0, 0}};
static const struct step s_forward[] = {{FWD, 14}, {0, 0}};
static const struct step s_back[] = {{BACK, 14}, {0, 0}};
static const struct step s_guard[] = {{BACK | IN_DOWN, 12}, {0, 0}};
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
static const struct step s_step_throw[] = {
    {FWD, 5}, {FWD, 5}, {IF_CLOSE | IN_LP | IN_LK, 2}, {0, 24}, {0, 0}};
static const struct step s_jump_in[] = {{FWD | IN_UP, 5}, {FWD, 20}, {IN_HK, 2}, {0, 14}, {IN_DOWN | IN_LK, 3}, {0, 0}};
static const struct step s_hop[] = {{IN_UP, 4}, {0, 18}, {IN_HP, 2}, {0, 16}, {IN_LP, 2}, {0, 4}, {IN_MP, 2}, {0, 9}, {IF_HIT | IN_LP | IN_MP, 3}, {0, 30}, {0, 0}};
static const struct step s_step_low[] = {{FWD, 8}, {IN_DOWN | IN_LK, 2}, {IN_DOWN, 5}, {IN_DOWN | IN_MP, 2}, {IN_DOWN, 9}, {IF_HIT | IN_LP | IN_MP, 3}, {0, 30}, {0, 0}};
static const struct step s_jump_back[] = {{BACK | IN_UP, 5}, {BACK, 30}, {0, 0}};
static const struct step s_combo_1[] = {
    {IN_LP, 2}, {0, 4}, {IN_MP, 2}, {0, 9}, {IF_HIT | IN_LP | IN_MP, 3}, {0, 36}, {0, 0}};
static const struct step s_combo_2[] = {
    {IN_DOWN | IN_LK, 2}, {IN_DOWN, 5}, {IN_DOWN | IN_MP, 2}, {IN_DOWN, 9}, {IF_HIT | IN_LP | IN_MP, 3}, {0, 36}, {0, 0}};
static const struct step s_combo_3[] = {{IN_MP, 2}, {0, 8}, {IF_HIT | IN_LP | IN_MP, 3}, {0, 36}, {0, 0}};
static const struct step s_combo_4[] = {
    {IN_DOWN | IN_MK, 2}, {IN_DOWN, 10}, {IF_HIT | IN_LP | IN_MP, 3}, {0, 36}, {0, 0}};

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
    return clamp(28 + (difficulty - 3) * 6 + (stage - 1) * 2, 0, LEVELS);
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

/* A value that runs from `low` at level 0 to `high` at the last one: fast at first, then slower. */
static int scaled(const struct ai *m, int low, int high)
{
    int missing = LEVELS - m->level;
    int share = 256 - ((missing * missing * 66) >> 10);     /* 0 to 256 */
    return low + (((high - low) * (share < 0 ? 0 : share)) >> 8);
}

static void play(struct ai *m, const struct step *script)
{
    m->script = script;
    m->left = script[0].frames;
}

static int can_throw(const struct fighter *me, const struct fighter *you)
{
    return me->distance <= THROW_RANGE && (you->act == ACT_FREE || you->act == ACT_RECOVERY);
}

static const struct step *near_choice(const struct ai *m, const struct fighter *me, const struct fighter *you)
{
    if (rng_percent(scaled(m, 30, 0)))
        return s_wait;
    if ((you->act == ACT_BLOCKSTUN || you->act == ACT_HITSTUN) && you->timer > 3 && rng_percent(scaled(m, 0, 100)))
        return me->distance > THROW_RANGE ? s_creep : s_nothing;
    int throws = you->guard || you->act == ACT_BLOCKSTUN ? scaled(m, 10, 70) : scaled(m, 8, 58);
    if (rng_percent(throws))
        return can_throw(me, you) ? s_throw : s_step_throw;
    if (you->guard && you->crouching && rng_percent(scaled(m, 4, 24)))
        return s_hop;
    if (rng_percent(scaled(m, 8, 76)))
        return rng_percent(50) ? s_combo_2 : s_combo_1;
    if (rng_percent(scaled(m, 10, 90)))
        return s_guard;
    switch (rng_below(8)) {
    case 0: return s_lp;
    case 1: return s_low;
    case 2: return s_mp;
    case 3: return s_hp;
    case 4: return s_sweep;
    case 5: return s_back;
    case 6: return s_low_mid;
    default: return s_rise;
    }
}

/* A poke that only a bad player throws from too far away. */
static const struct step *poke(const struct ai *m, const struct fighter *me, const struct step *script, int range)
{
    return me->distance > range && rng_percent(scaled(m, 5, 98)) ? s_forward : script;
}

/* The opponent's moves hang in the air here: wait for a miss, or poke. */
static const struct step *middle_choice(const struct ai *m, const struct fighter *me)
{
    if (rng_percent(scaled(m, 30, 0)))
        return s_wait;
    if (me->distance < 78 && rng_percent(scaled(m, 4, 56)))
        return rng_percent(80) ? s_step_throw : s_step_low;
    if (rng_percent(scaled(m, 6, 40)))
        return s_guard;
    switch (rng_below(10)) {
    case 0: return poke(m, me, rng_percent(scaled(m, 70, 10)) ? s_hk : s_low_mid, 74);
    case 1: return rng_percent(scaled(m, 90, 20)) ? poke(m, me, s_mk, 76) : s_guard;
    case 2: return poke(m, me, rng_percent(scaled(m, 70, 4)) ? s_sweep : s_step_low, 78);
    case 3: return rng_percent(scaled(m, 90, 25)) ? s_jump_in : s_forward;
    case 4: return poke(m, me, rng_percent(scaled(m, 20, 80)) ? s_combo_4 : s_low_mid, 74);
    case 5: return s_guard;
    case 6: return s_back;
    case 7: return rng_percent(scaled(m, 60, 5)) ? s_rush : poke(m, me, s_step_low, 76);
    default: return s_forward;
    }
}

static const struct step *far_choice(const struct ai *m)
{
    if (rng_percent(scaled(m, 34, 2)))
        return s_wait;
    switch (rng_below(10)) {
    case 0: return rng_percent(scaled(m, 95, 20)) ? s_jump_in : s_forward;
    case 1: return rng_percent(scaled(m, 50, 4)) ? s_rush : s_forward;
    case 2: return s_guard_high;
    case 3: return rng_percent(scaled(m, 60, 10)) ? s_jump_back : s_forward;
    default: return s_forward;
    }
}

static const struct step *punish_choice(const struct ai *m, const struct fighter *me, const struct fighter *you)
{
    if (you->py > 40)
        return s_nothing;
    if (me->meter >= METER_MAX && me->distance > THROW_RANGE && rng_percent(70))
        return s_throw;                     /* with a full meter and no one close this is the super */
    if (me->distance <= 58)
        return rng_percent(scaled(m, 20, 95)) ? s_combo_3 : s_hp;
    if (me->distance <= 74)
        return rng_percent(scaled(m, 30, 95)) ? s_combo_4 : s_mk;
    if (me->distance > 80 && rng_percent(scaled(m, 0, 100)))
        return s_nothing;
    return rng_percent(scaled(m, 60, 100)) ? s_sweep : s_rush;
}

/* Looks at what the opponent does. Reacts to each of its moves once, after a delay. */
static void watch(struct ai *m, const struct fighter *me, const struct fighter *you)
{
    if (you->move_count != m->seen) {
        m->seen = you->move_count;
        m->reaction = (uint8_t)(scaled(m, 18, 0) + rng_below(scaled(m, 5, 2)));
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
        && move->level != GRAB && rng_percent(scaled(m, 20, 97))) {
        int left = move->startup + move->active - you->timer;
        m->guard_frames = (uint8_t)clamp(left + 4, 4, 40);
        m->guard_low = move->level != OVERHEAD;
        if (rng_percent(scaled(m, 30, 1)))
            m->guard_low = !m->guard_low;   /* guesses wrong */
    }
    m->punish = (uint8_t)rng_percent(scaled(m, 12, 98));
}

static int relative(const struct fighter *me, uint16_t bits)
{
    int out = bits & (0xf | IN_ATTACK);
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
               && rng_percent(scaled(m, 1, 34))) {
        play(m, rng_percent(60) ? s_uppercut : s_rise);
    } else if (!m->script && free) {
        if (m->think) {
            m->think--;
            return 0;
        }
        if (you->act == ACT_DOWN)
            play(m, me->distance > 64 ? s_forward : s_guard);
        else
            play(m, me->distance < 58 ? near_choice(m, me, you)
                : me->distance < 110 ? middle_choice(m, me) : far_choice(m));
        m->think = (uint8_t)rng_below(scaled(m, 36, 1) + 1);
    }
    if (!m->script)
        return 0;
    if (((m->script->bits & IF_HIT) && me->connected != 1)
        || ((m->script->bits & IF_CLOSE) && rng_percent(scaled(m, 0, 100)) && !can_throw(me, you))) {
        m->script = 0;
        return 0;
    }
    int bits = relative(me, m->script->bits);
    if (--m->left == 0) {
        m->script++;
        m->left = m->script->frames;
        if (!m->script->frames)
            m->script = 0;
    }
    return (uint16_t)bits;
}
