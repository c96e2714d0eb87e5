#include "fighter.h"

#include "art.h"
#include "moves.h"
#include "util.h"

enum {
    UNIT = 256, GRAVITY = 88, BUFFER_FRAMES = 8, DOWN_FRAMES = 22, RISE_FRAMES = 14, LAND_FRAMES = 4,
    PREJUMP_FRAMES = 3, CANCEL_WINDOW = 8, SUPER_GAP = 6, GUARD_DISTANCE = 96,
};

/* Damage in sixteenths for the first, second, ... hit of a combination. */
static const uint8_t combo_scale[] = {16, 15, 13, 11, 9, 8, 7, 6};
static const uint8_t damage_setting[] = {12, 16, 20};

static struct fighter *other(const struct fighter *f)
{
    return f == FIGHTER(0) ? FIGHTER(1) : FIGHTER(0);
}

static int player_of(const struct fighter *f)
{
    return f == FIGHTER(1);
}

static const struct character *character_of(const struct fighter *f)
{
    return &characters[f->character & 3];
}

static int forward_bit(const struct fighter *f)
{
    return f->facing ? IN_LEFT : IN_RIGHT;
}

static int back_bit(const struct fighter *f)
{
    return f->facing ? IN_RIGHT : IN_LEFT;
}

static int forward(const struct fighter *f, int v)
{
    return f->facing ? -v : v;
}

int fighter_is_grounded(const struct fighter *f)
{
    return f->state != ST_JUMP && f->state != ST_AIR_ATTACK && f->state != ST_FALL && f->state != ST_THROWN
        && f->y == 0;
}

static int is_free(const struct fighter *f)
{
    return f->state <= ST_CROUCH;
}

static void set_state(struct fighter *f, int state, int timer)
{
    f->state = (uint8_t)state;
    f->timer = (uint8_t)timer;
    f->move = MV_NONE;
    f->connected = 0;
    f->hits_done = 0;
}

void fighter_reset(int player, int x, int facing)
{
    struct fighter *f = FIGHTER(player);
    f->x = x * UNIT;
    f->y = 0;
    f->vx = f->vy = 0;
    set_state(f, ST_STAND, 0);
    f->facing = (uint8_t)facing;
    f->combo = f->crouching = f->airborne = f->guard = f->invulnerable = 0;
    f->buffer = 0;
    f->move_count = 0;
    f->flash = 0;
    f->threat = 0;
    f->held_before = 0xffff;
    HEALTH(player) = FULL_HEALTH;
    fighters_pose();
}

static void add_meter(struct fighter *f, int amount)
{
    f->meter = (uint8_t)clamp(f->meter + amount, 0, METER_MAX);
}

/* Moves */

static void begin_move(struct fighter *f, int move)
{
    f->state = move >= MV_JLP && move <= MV_JHK ? ST_AIR_ATTACK : ST_ATTACK;
    f->move = (uint8_t)move;
    f->timer = 0;
    f->connected = 0;
    f->hits_done = 0;
    f->buffer = 0;
    f->move_count++;
    if (f->state == ST_ATTACK)
        f->vx = 0;
    f->crouching = move >= MV_CLP && move <= MV_CHK;
    f->invulnerable = moves[move].invulnerable;
    if (move == MV_SUPER)
        f->meter = 0;
}

static int chord(const struct fighter *f, int both)
{
    return (f->held & both) == both && (f->buffer & both);
}

/* The special move that the buttons ask for, or MV_NONE. */
static int wanted_special(const struct fighter *f)
{
    if (chord(f, IN_LP | IN_LK)) {
        int close = f->distance <= THROW_RANGE && fighter_is_grounded(other(f));
        return f->meter >= METER_MAX && !close ? MV_SUPER : MV_THROW;
    }
    if (chord(f, IN_LP | IN_MP))
        return MV_RUSH;
    if (chord(f, IN_LK | IN_MK))
        return MV_RISE;
    return MV_NONE;
}

static int wanted_normal(const struct fighter *f, int first)
{
    static const uint16_t order[6] = {IN_LP, IN_MP, IN_HP, IN_LK, IN_MK, IN_HK};
    static const uint8_t strongest[6] = {2, 5, 1, 4, 0, 3};
    for (int i = 0; i < 6; i++)
        if (f->buffer & order[strongest[i]])
            return first + strongest[i];
    return MV_NONE;
}

static int try_attack(struct fighter *f)
{
    int move = wanted_special(f);
    if (!move)
        move = wanted_normal(f, f->held & IN_DOWN ? MV_CLP : MV_LP);
    if (move)
        begin_move(f, move);
    return move;
}

static void update_attack(struct fighter *f)
{
    const struct move *m = &moves[f->move];
    int end = m->startup + m->active + m->recovery;
    if (f->timer <= 3 && f->move <= MV_CHK) {
        int special = wanted_special(f);    /* the second button of a chord may come late */
        if (special) {
            begin_move(f, special);
            return;
        }
    }
    if (f->connected && (m->flags & F_CANCEL) && f->timer < m->startup + m->active + CANCEL_WINDOW) {
        int next = wanted_special(f);
        if (next == MV_THROW)
            next = MV_NONE;
        if (!next && (m->flags & F_CHAIN) && f->timer > m->startup)
            next = wanted_normal(f, f->held & IN_DOWN ? MV_CLP : MV_LP);
        if (next) {
            begin_move(f, next);
            return;
        }
    }
    if (m->advance && f->timer < m->startup + m->active)
        f->vx = f->timer >= (m->startup >> 1) ? forward(f, m->advance * 16) : 0;
    else
        f->vx = 0;
    if (f->move == MV_RISE && f->timer >= m->startup) {
        int t = f->timer - m->startup;      /* up for 12 frames, down again long before the end */
        int up = t < 12 ? t : 24 - t;
        f->y = up > 0 ? up * 4 * UNIT : 0;
    }
    if (++f->timer >= end) {
        f->y = 0;
        set_state(f, ST_STAND, 0);
        f->crouching = 0;
    }
}

static void update_ground(struct fighter *f)
{
    const struct character *c = character_of(f);
    int walk = c->walk * 16 + (f->style == 1 ? 80 : 0);
    f->vx = 0;
    if (f->buffer && try_attack(f))
        return;
    if (f->held & IN_UP) {
        set_state(f, ST_PREJUMP, PREJUMP_FRAMES);
        f->crouching = 0;
        f->vx = f->held & IN_RIGHT ? 1 : f->held & IN_LEFT ? -1 : 0;    /* remembered direction */
        return;
    }
    f->crouching = (f->held & IN_DOWN) != 0;
    if (f->crouching) {
        f->state = ST_CROUCH;
        return;
    }
    if (f->held & forward_bit(f)) {
        f->state = ST_WALK_FORWARD;
        f->vx = forward(f, walk);
    } else if (f->held & back_bit(f)) {
        f->state = ST_WALK_BACK;
        f->vx = f->threat ? 0 : forward(f, -((walk * 13) >> 4));
    } else {
        f->state = ST_STAND;
    }
}

static void update_air(struct fighter *f)
{
    if (f->state == ST_JUMP && f->buffer) {
        int move = wanted_normal(f, MV_JLP);
        if (move && f->y > 12 * UNIT)
            begin_move(f, move);
    }
    if (f->state == ST_AIR_ATTACK) {
        if (f->timer < 250)
            f->timer++;
    }
    f->y += f->vy;
    f->vy -= GRAVITY;
    if (f->y <= 0) {
        f->y = 0;
        f->vx = f->vy = 0;
        set_state(f, ST_LAND, LAND_FRAMES);
    }
}

static void friction(struct fighter *f)
{
    f->vx -= f->vx / 8;
    if (absolute(f->vx) < 16)
        f->vx = 0;
}

static void update_state(struct fighter *f)
{
    switch (f->state) {
    case ST_ATTACK:
        update_attack(f);
        break;
    case ST_JUMP:
    case ST_AIR_ATTACK:
        update_air(f);
        break;
    case ST_PREJUMP:
        if (--f->timer == 0) {
            int direction = f->held & IN_RIGHT ? 1 : f->held & IN_LEFT ? -1 : 0;
            set_state(f, ST_JUMP, 0);
            f->vy = character_of(f)->jump * 16;
            f->vx = direction * (character_of(f)->walk + 8) * 16;
        } else {
            f->vx = 0;
        }
        break;
    case ST_HIT:
    case ST_BLOCK:
        friction(f);
        if (f->timer && --f->timer == 0)
            set_state(f, ST_STAND, 0);
        break;
    case ST_FALL:
        f->y += f->vy;
        f->vy -= GRAVITY;
        if (f->y <= 0) {
            f->y = 0;
            f->vy = 0;
            set_state(f, ST_DOWN, DOWN_FRAMES);
        }
        break;
    case ST_THROWN:
        if (--f->timer == 0) {
            set_state(f, ST_FALL, 0);
            f->vy = 4 * UNIT;
            f->vx = forward(other(f), 4 * UNIT);
            f->y = 30 * UNIT;
        }
        break;
    case ST_DOWN:
        friction(f);
        if (HEALTH(player_of(f)) >= 0 && --f->timer == 0)
            set_state(f, ST_RISE, RISE_FRAMES);
        break;
    case ST_RISE:
    case ST_LAND:
        f->vx = 0;
        if (--f->timer == 0) {
            if (f->state == ST_RISE)
                f->invulnerable = 4;
            set_state(f, ST_STAND, 0);
        }
        break;
    case ST_WIN:
    case ST_LOSE:
        f->vx = 0;
        if (f->y > 0)
            f->y = f->y > 4 * UNIT ? f->y - 4 * UNIT : 0;
        break;
    default:
        update_ground(f);
        break;
    }
    if (f->state != ST_HIT && f->state != ST_FALL && f->state != ST_DOWN && f->state != ST_THROWN)
        f->combo = 0;
}

/* Boxes */

struct box hurt_box(const struct fighter *f)
{
    int half = character_of(f)->half_width;
    int front = half + (f->state == ST_ATTACK && f->timer >= moves[f->move].startup ? 12 : 0);
    int y = f->y >> 8;
    int height = f->crouching ? 56 : y ? 66 : 84;
    struct box b = {f->px - half, f->px + front, y, y + height};
    if (f->facing) {
        b.x0 = f->px - front;
        b.x1 = f->px + half;
    }
    if (y)
        b.y0 += 8;
    return b;
}

static int hit_is_out(const struct fighter *f)
{
    if ((f->state != ST_ATTACK && f->state != ST_AIR_ATTACK) || !f->move)
        return 0;
    const struct move *m = &moves[f->move];
    int t = f->timer - m->startup;
    if (t < 0 || t >= m->active || f->hits_done >= m->hits)
        return 0;
    return f->hits_done == 0 || t >= f->hits_done * SUPER_GAP;
}

struct box hit_box(const struct fighter *f)
{
    struct box b = {0, 0, 0, 0};
    if (!hit_is_out(f))
        return b;
    const struct move *m = &moves[f->move];
    int x0 = m->x0, x1 = m->x1 + character_of(f)->reach;
    b.x0 = f->facing ? f->px - x1 : f->px + x0;
    b.x1 = f->facing ? f->px - x0 : f->px + x1;
    b.y0 = (f->y >> 8) + m->y0;
    b.y1 = (f->y >> 8) + m->y1;
    return b;
}

static int overlap(const struct box *a, const struct box *b)
{
    return a->x0 < b->x1 && b->x0 < a->x1 && a->y0 < b->y1 && b->y0 < a->y1;
}

/* Hits */

static int guards(const struct fighter *d, int level)
{
    if (level == GRAB || !fighter_is_grounded(d))
        return 0;
    if (d->state != ST_BLOCK && !(is_free(d) && (d->held & back_bit(d))))
        return 0;
    int low = (d->held & IN_DOWN) != 0;
    return level == LOW ? low : level == OVERHEAD ? !low : 1;
}

static int reaches(const struct fighter *a, const struct fighter *d)
{
    if (!hit_is_out(a) || d->invulnerable || d->state == ST_FALL || d->state == ST_DOWN || d->state == ST_RISE
        || d->state == ST_THROWN || d->state == ST_WIN || d->state == ST_LOSE)
        return 0;
    if (moves[a->move].level == GRAB
        && (!fighter_is_grounded(d) || d->state == ST_HIT || d->state == ST_BLOCK || d->state == ST_PREJUMP))
        return 0;
    struct box hit = hit_box(a), hurt = hurt_box(d);
    return overlap(&hit, &hurt);
}

static void push_apart(struct fighter *a, struct fighter *d, int push)
{
    int away = forward(a, push * 16);
    int cornered = away < 0 ? d->px <= WALL_LEFT + 8 : d->px >= WALL_RIGHT - 8;
    d->vx = away;
    if (cornered && fighter_is_grounded(a))
        a->x -= away * 2;           /* in the corner it is the attacker who moves */
}

static int damage_of(const struct fighter *a, const struct fighter *d, const struct move *m)
{
    int hit = d->combo < sizeof combo_scale ? d->combo : (int)sizeof combo_scale - 1;
    int damage = m->damage * (characters[a->character & 3].damage + (a->style == 0 ? 1 : 0));
    damage = (damage * (character_of(d)->defence - (d->style == 2 ? 1 : 0))) >> 4;
    damage = (damage * combo_scale[hit]) >> 4;
    damage = (damage * damage_setting[G.settings.damage % 3]) >> 8;
    return damage > 0 ? damage : 1;
}

static void knock_down(struct fighter *d, const struct fighter *a, int push, int up)
{
    set_state(d, ST_FALL, 0);
    d->crouching = 0;
    d->vy = up;
    d->vx = forward(a, push * 16);
    if (d->y < UNIT)
        d->y = UNIT;
}

static void apply_hit(struct fighter *a, struct fighter *d, const struct move *m)
{
    int player = player_of(d);
    a->hits_done++;
    if (guards(d, m->level)) {
        a->connected = 2;
        if (m->flags & F_CHIP)
            HEALTH(player) = (int16_t)clamp(HEALTH(player) - 2, 0, FULL_HEALTH);
        d->crouching = (d->held & IN_DOWN) != 0;
        set_state(d, ST_BLOCK, m->blockstun);
        push_apart(a, d, m->push);
        add_meter(a, m->meter >> 1);
        add_meter(d, 1);
        return;
    }
    if (m->level == GRAB && (chord(d, IN_LP | IN_LK) || d->move == MV_THROW)) {
        set_state(a, ST_HIT, 16);           /* both wanted to throw: neither is thrown */
        set_state(d, ST_HIT, 16);
        push_apart(a, d, 64);
        a->vx = -d->vx;
        return;
    }
    int damage = damage_of(a, d, m);
    int last = a->hits_done >= m->hits;
    int left = HEALTH(player) - damage;
    int airborne = !fighter_is_grounded(d);
    int was_crouching = d->crouching;
    a->connected = 1;
    d->combo++;
    d->flash = 3;
    G.last_hitter = (uint8_t)(player_of(a) + 1);
    HEALTH(player) = (int16_t)(left < 0 ? -1 : left);
    add_meter(a, m->meter);
    add_meter(d, 2);
    if (G.settings.hit_stop)
        G.hit_stop = m->stop;
    if (left < 0) {
        knock_down(d, a, 72, 5 * UNIT);
    } else if (m->level == GRAB) {
        set_state(d, ST_THROWN, 14);
        d->vx = 0;
    } else if ((m->flags & F_KNOCKDOWN && last) || airborne) {
        knock_down(d, a, m->push, m->flags & F_LAUNCH ? 5 * UNIT : 3 * UNIT);
    } else {
        set_state(d, ST_HIT, m->hitstun);
        d->crouching = (uint8_t)was_crouching;
        push_apart(a, d, m->push);
    }
}

/* Movement */

static void keep_inside(struct fighter *f)
{
    f->x = clamp(f->x, WALL_LEFT * UNIT, WALL_RIGHT * UNIT);
    f->px = (int16_t)(f->x >> 8);
    f->py = (int16_t)(f->y >> 8);
}

static int takes_room(const struct fighter *f)
{
    return f->state != ST_DOWN && f->state != ST_THROWN && !(f->state == ST_FALL);
}

static void keep_apart(struct fighter *a, struct fighter *b)
{
    if (!takes_room(a) || !takes_room(b) || absolute((a->y - b->y) >> 8) > 60)
        return;
    int room = character_of(a)->half_width + character_of(b)->half_width;
    int gap = room - absolute(a->px - b->px);
    if (gap <= 0)
        return;
    int sign = a->px < b->px || (a->px == b->px && !a->facing) ? 1 : -1;
    a->x -= sign * gap * (UNIT / 2);
    b->x += sign * gap * (UNIT / 2);
    keep_inside(a);
    keep_inside(b);
    gap = room - absolute(a->px - b->px);
    if (gap > 0) {                          /* one of them stands at a wall */
        if (a->px <= WALL_LEFT || a->px >= WALL_RIGHT)
            b->x += sign * gap * UNIT;
        else
            a->x -= sign * gap * UNIT;
        keep_inside(a);
        keep_inside(b);
    }
}

static void face(struct fighter *f)
{
    struct fighter *o = other(f);
    if (is_free(f) || f->state == ST_LAND || f->state == ST_RISE || f->state == ST_BLOCK)
        if (absolute(f->px - o->px) > 2)
            f->facing = o->px < f->px;
}

static int act_of(const struct fighter *f)
{
    switch (f->state) {
    case ST_ATTACK:
    case ST_AIR_ATTACK:
        return f->timer < moves[f->move].startup ? ACT_STARTUP
            : f->timer < moves[f->move].startup + moves[f->move].active ? ACT_ACTIVE : ACT_RECOVERY;
    case ST_LAND:
        return ACT_RECOVERY;
    case ST_JUMP:
    case ST_PREJUMP:
        return ACT_AIR;
    case ST_HIT:
        return ACT_HITSTUN;
    case ST_BLOCK:
        return ACT_BLOCKSTUN;
    case ST_FALL:
    case ST_DOWN:
    case ST_RISE:
    case ST_THROWN:
        return ACT_DOWN;
    default:
        return ACT_FREE;
    }
}

static int pose_of(struct fighter *f)
{
    int beat = f->animation;
    switch (f->state) {
    case ST_WALK_FORWARD:
        return POSE_WALK_0 + ((beat >> 3) & 3);
    case ST_WALK_BACK:
        if (f->threat)
            return POSE_BLOCK;
        return POSE_WALK_0 + 3 - ((beat >> 3) & 3);
    case ST_CROUCH:
        return f->threat && (f->held & back_bit(f)) ? POSE_BLOCK_LOW : POSE_CROUCH;
    case ST_PREJUMP:
    case ST_LAND:
        return POSE_CROUCH;
    case ST_JUMP:
        return f->vy > 2 * UNIT ? POSE_JUMP : f->vy > -2 * UNIT ? POSE_TUCK : POSE_JUMP;
    case ST_ATTACK:
    case ST_AIR_ATTACK:
        return moves[f->move].poses[f->act == ACT_STARTUP ? 0 : f->act == ACT_ACTIVE ? 1 : 2];
    case ST_HIT:
        return f->crouching ? POSE_HIT_LOW : POSE_HIT;
    case ST_BLOCK:
        return f->crouching ? POSE_BLOCK_LOW : POSE_BLOCK;
    case ST_FALL:
    case ST_THROWN:
        return POSE_FALL;
    case ST_DOWN:
        return POSE_DOWN;
    case ST_RISE:
        return POSE_RISE;
    case ST_WIN:
        return (beat >> 4) & 1 ? POSE_WIN_0 : POSE_WIN_1;
    case ST_LOSE:
        return POSE_LOSE;
    default:
        return (beat >> 4) & 1 ? POSE_STAND_0 : POSE_STAND_1;
    }
}

static void describe(struct fighter *f)
{
    struct fighter *o = other(f);
    int attacking = (o->state == ST_ATTACK || o->state == ST_AIR_ATTACK) && o->act <= ACT_ACTIVE;
    f->act = (uint8_t)act_of(f);
    f->airborne = !fighter_is_grounded(f) && f->state != ST_DOWN;
    f->distance = (int16_t)absolute(f->px - o->px);
    f->threat = attacking && f->distance < GUARD_DISTANCE;
    f->guard = !is_free(f) || !(f->held & back_bit(f)) ? 0 : f->held & IN_DOWN ? 2 : 1;
    f->animation++;
    f->pose = (uint8_t)pose_of(f);
    if (f->flash)
        f->flash--;
}

void fighters_pose(void)
{
    for (int i = 0; i < 2; i++) {
        keep_inside(FIGHTER(i));
        describe(FIGHTER(i));
    }
}

void fighter_result(int player, int won)
{
    struct fighter *f = FIGHTER(player);
    if (won) {
        set_state(f, ST_WIN, 0);
        f->crouching = 0;
    } else if (fighter_is_grounded(f) && f->state != ST_DOWN) {
        set_state(f, ST_LOSE, 0);
        f->crouching = 0;
    }
}

static void take_input(struct fighter *f)
{
    f->pressed = f->held & ~f->held_before;
    f->held_before = f->held;
    if (f->pressed & IN_ATTACK) {
        f->buffer |= f->pressed & IN_ATTACK;
        f->buffer_age = 0;
    } else if (f->buffer && ++f->buffer_age > BUFFER_FRAMES) {
        f->buffer = 0;
    }
}

void fighters_update(void)
{
    struct fighter *a = FIGHTER(0), *b = FIGHTER(1);
    take_input(a);
    take_input(b);
    if (G.hit_stop) {
        G.hit_stop--;
        return;
    }
    for (int i = 0; i < 2; i++) {
        struct fighter *f = FIGHTER(i);
        if (f->invulnerable)
            f->invulnerable--;
        update_state(f);
        f->x += f->vx;
        keep_inside(f);
    }
    keep_apart(a, b);
    int live = G.phase == PHASE_FIGHT;      /* after the bell nothing counts any more */
    int a_hits = live && reaches(a, b), b_hits = live && reaches(b, a);
    if (a_hits && b_hits && (moves[a->move].level == GRAB) != (moves[b->move].level == GRAB)) {
        if (moves[a->move].level == GRAB)   /* a strike beats a throw */
            a_hits = 0;
        else
            b_hits = 0;
    }
    const struct move *a_move = &moves[a->move], *b_move = &moves[b->move];
    if (a_hits)
        apply_hit(a, b, a_move);
    if (b_hits)
        apply_hit(b, a, b_move);    /* after a trade b has no move any more, but it strikes all the same */
    face(a);
    face(b);
    fighters_pose();
}
