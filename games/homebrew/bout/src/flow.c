/* From the title through ten stages to the ending: which phase follows which, and when. */
#include "flow.h"

#include "ai.h"
#include "fighter.h"
#include "input.h"
#include "moves.h"
#include "state.h"
#include "util.h"

/* All in frames. README.md documents those that a driver of the menus relies on. */
enum {
    SELECT_LIMIT = 600, STYLE_LIMIT = 300, INTRO_LIMIT = 240, NEXT_INTRO = 250, ROUND_INTRO = 100, RESULT_DELAY = 60,
    ROUND_END = 130, MATCH_END = 150, VICTORY_LIMIT = 240, VICTORY_MIN = 60, BLACK_FRAMES = 24,
    COUNT_FRAMES = 50, GAME_OVER_FRAMES = 150, ENDING_LIMIT = 600, CHALLENGER_FRAMES = 120, CLOCK_FRAMES = 36,
};

unsigned char select_cursor[2], select_done[2];

static unsigned char after_black;       /* the phase that follows a black screen */
static unsigned char human_character[2], human_style[2];
static unsigned char resume_stage;      /* a challenger came: the winner goes on with this stage */

/* The ten opponents: character, alternate colours, backdrop. */
static const struct { uint8_t character, alternate, backdrop; const char *name; } opponents[STAGES] = {
    {1, 0, 0, "BRUNA"}, {0, 1, 1, "KAI"}, {2, 0, 2, "TOLO"}, {3, 0, 3, "VEX"}, {1, 1, 1, "NERA"},
    {0, 1, 2, "ROAN"}, {2, 1, 3, "GRUM"}, {3, 1, 0, "SHADE"}, {2, 1, 2, "MOLOK"}, {3, 1, 3, "NOX"},
};

const char *opponent_name(int stage)
{
    return opponents[clamp(stage, 1, STAGES) - 1].name;
}

static void set_fighting(int on)
{
    FIGHTING_A = FIGHTING_B = (uint8_t)on;
}

void flow_phase(int phase)
{
    G.phase = (uint8_t)phase;
    G.phase_frame = 0;
    if (phase != PHASE_FIGHT)
        set_fighting(0);
}

static void go_black(int next)
{
    after_black = (unsigned char)next;
    flow_phase(PHASE_BLACK);
}

static int lone_human(void)
{
    return G.humans == 2;               /* index of the only human */
}

static int take_credit(void)
{
    if (G.settings.free_play)
        return 1;
    if (!G.credits)
        return 0;
    G.credits--;
    return 1;
}

void flow_restart(void)
{
    go_black(PHASE_TITLE);
}

/* Tells watchers who is where. Who stands on the other's spot is still where he came from. */
static void publish_fighters(void)
{
    for (int i = 0; i < 2; i++) {
        const struct fighter *f = FIGHTER(i), *other = FIGHTER(!i);
        CHARACTER(i) = f->character;
        if (f->x != other->x)
            SIDE(i) = f->x > other->x;
    }
}

void flow_init(void)
{
    G.stage = 1;
    G.humans = 0;
    G.versus = 0;
    G.credits = 0;
    resume_stage = 0;
    G.backdrop = 0;
    for (int i = 0; i < 2; i++) {
        FIGHTER(i)->character = (uint8_t)(i ? 3 : 0);
        FIGHTER(i)->alternate = 0;
        FIGHTER(i)->style = 0;
        fighter_reset(i, i ? 262 : 122, i);
    }
    HEALTH(0) = HEALTH(1) = FULL_HEALTH;
    flow_phase(PHASE_TITLE);
}

static void begin_select(int humans)
{
    G.humans = (uint8_t)humans;
    G.versus = humans == 3;
    select_done[0] = !(humans & 1);
    select_done[1] = !(humans & 2);
    select_cursor[0] = 0;
    select_cursor[1] = 1;
    if (humans == 2)
        select_cursor[1] = 0;
    flow_phase(PHASE_SELECT);
}

static void begin_game(int humans)
{
    G.stage = 1;
    G.score = 0;
    G.games++;
    resume_stage = 0;
    begin_select(humans);
}

/* Sets up both fighters for the current stage or versus match, and shows who meets whom. */
static void begin_match(void)
{
    WINS(0) = WINS(1) = 0;
    G.round = 1;
    for (int i = 0; i < 2; i++) {
        struct fighter *f = FIGHTER(i);
        f->meter = 0;
        if (G.humans & (1 << i)) {
            f->character = human_character[i];
            f->style = human_style[i];
            f->alternate = 0;
        } else {
            f->character = opponents[G.stage - 1].character;
            f->style = (uint8_t)(G.stage & 1);
            f->alternate = opponents[G.stage - 1].alternate;
        }
    }
    if (FIGHTER(0)->character == FIGHTER(1)->character && FIGHTER(0)->alternate == FIGHTER(1)->alternate)
        FIGHTER(G.humans == 2 ? 0 : 1)->alternate ^= 1;
    G.backdrop = G.versus ? (uint8_t)rng_below(4) : opponents[G.stage - 1].backdrop;
    G.cpu_level = (uint8_t)ai_level(G.stage, G.settings.difficulty);
    fighter_reset(0, 122, 0);
    fighter_reset(1, 262, 1);
    flow_phase(PHASE_INTRO);
}

static void begin_round(void)
{
    static const uint8_t seconds[] = {30, 60, 99};
    fighter_reset(0, 122, 0);
    fighter_reset(1, 262, 1);
    for (int i = 0; i < 2; i++)
        ai_reset(i, G.cpu_level);
    G.clock = seconds[G.settings.round_time % 3];
    G.clock_frames = 0;
    G.last_hitter = 0;
    G.hit_stop = 0;
    G.winner = 0;
    flow_phase(PHASE_ROUND_INTRO);
}

static void update_title(void)
{
    fighters_pose();
    int first = pressed_by(0, IN_START), second = pressed_by(1, IN_START);
    if (first && take_credit())
        begin_game(second && take_credit() ? 3 : 1);
    else if (second && take_credit())
        begin_game(2);
}

/* A second player may come in wherever one plays alone. */
static int challenger(void)
{
    if (G.humans != 1 && G.humans != 2)
        return 0;
    int newcomer = G.humans == 1;
    return pressed_by(newcomer, IN_START) && take_credit();
}

static void update_select(void)
{
    if (challenger()) {
        int newcomer = G.humans == 1;
        G.humans = 3;
        G.versus = 1;
        select_done[newcomer] = 0;
        select_cursor[newcomer] = 1;
        resume_stage = G.stage;
    }
    for (int i = 0; i < 2; i++) {
        if (select_done[i])
            continue;
        if (pressed_by(i, IN_ATTACK | IN_START) || G.phase_frame >= SELECT_LIMIT) {
            human_character[i] = select_cursor[i];
            select_done[i] = 1;
        } else if (pressed_by(i, IN_LEFT | IN_UP)) {
            select_cursor[i] = (select_cursor[i] + CHARACTERS - 1) & 3;
        } else if (pressed_by(i, IN_RIGHT | IN_DOWN)) {
            select_cursor[i] = (select_cursor[i] + 1) & 3;
        }
    }
    if (select_done[0] && select_done[1]) {
        for (int i = 0; i < 2; i++) {
            select_done[i] = !(G.humans & (1 << i));
            select_cursor[i] = 0;
        }
        flow_phase(PHASE_STYLE);
    }
}

static void update_style(void)
{
    for (int i = 0; i < 2; i++) {
        if (select_done[i])
            continue;
        if (pressed_by(i, IN_ATTACK | IN_START) || G.phase_frame >= STYLE_LIMIT) {
            human_style[i] = select_cursor[i];
            select_done[i] = 1;
        } else if (pressed_by(i, IN_LEFT | IN_UP)) {
            select_cursor[i] = select_cursor[i] ? select_cursor[i] - 1 : 2;
        } else if (pressed_by(i, IN_RIGHT | IN_DOWN)) {
            select_cursor[i] = select_cursor[i] < 2 ? select_cursor[i] + 1 : 0;
        }
    }
    if (select_done[0] && select_done[1])
        begin_match();
}

static void begin_challenge(void)
{
    resume_stage = G.stage;
    flow_phase(PHASE_CHALLENGER);
}

static void update_intro(void)
{
    fighters_pose();
    if (challenger()) {
        begin_challenge();
        return;
    }
    /* Later stages keep their time: a driver that still presses buttons must not miss the first round. */
    int first = G.versus || G.stage == 1;
    int skip = first && G.phase_frame > 20 && pressed_any(IN_ATTACK | IN_START);
    if (skip || G.phase_frame >= (first ? INTRO_LIMIT : NEXT_INTRO))
        begin_round();
}

static void update_round_intro(void)
{
    fighters_pose();
    if (G.phase_frame >= ROUND_INTRO) {
        G.rounds++;
        flow_phase(PHASE_FIGHT);
        set_fighting(1);
    }
}

/* A draw gives a win to both; where that would end the match for both, only to the last one who hit. */
static void award(void)
{
    int winner = G.winner;
    if (winner == 3 && WINS(0) == 1 && WINS(1) == 1)
        winner = G.last_hitter == 1 ? 1 : 2;
    G.winner = (uint8_t)winner;
    if (winner & 1)
        WINS(0)++;
    if (winner & 2)
        WINS(1)++;
}

/* Wins change in the frame in which fighting ends, as on the board: programs look at both in the same frame. */
static void end_round(int winner)
{
    G.winner = (uint8_t)winner;
    award();
    flow_phase(PHASE_ROUND_END);
}

static void update_fight(void)
{
    for (int i = 0; i < 2; i++)
        FIGHTER(i)->held = G.humans & (1 << i) ? input_held[i] & (0xf | IN_ATTACK) : ai_input(i);
    fighters_update();
    G.fight_frames++;
    int down_0 = HEALTH(0) < 0, down_1 = HEALTH(1) < 0;
    if (down_0 || down_1) {
        end_round(down_0 && down_1 ? 3 : down_0 ? 2 : 1);
        return;
    }
    if (++G.clock_frames >= CLOCK_FRAMES) {
        G.clock_frames = 0;
        if (G.clock)
            G.clock--;
        if (!G.clock) {
            end_round(HEALTH(0) == HEALTH(1) ? 3 : HEALTH(0) > HEALTH(1) ? 1 : 2);
            return;
        }
    }
    if (challenger())
        begin_challenge();
}

static void update_round_end(void)
{
    for (int i = 0; i < 2; i++)
        FIGHTER(i)->held = 0;
    if (G.phase_frame < RESULT_DELAY) {
        if (!(G.phase_frame & 1) || G.clock == 0)
            fighters_update();              /* a knock-out is seen at half speed */
    } else {
        if (G.phase_frame == RESULT_DELAY) {
            fighter_result(0, G.winner & 1);
            fighter_result(1, G.winner & 2);
        }
        fighters_update();
    }
    int over = WINS(0) >= 2 || WINS(1) >= 2;
    if (!over && G.phase_frame >= ROUND_END) {
        G.round++;
        begin_round();
    } else if (over && G.phase_frame >= MATCH_END) {
        G.match_winner = WINS(0) >= 2 ? 1 : 2;
        int human_won = G.humans & G.match_winner;
        if (human_won) {
            G.score += (uint32_t)(1000 + HEALTH(G.match_winner - 1) * 10 + G.clock * 20);
            flow_phase(PHASE_VICTORY);
        } else if (G.settings.continues) {
            G.countdown = 9;
            flow_phase(PHASE_CONTINUE);
        } else {
            go_black(PHASE_GAME_OVER);
        }
    }
}

static void update_victory(void)
{
    fighters_pose();
    if (G.phase_frame < VICTORY_LIMIT && !(G.phase_frame > VICTORY_MIN && pressed_any(IN_ATTACK | IN_START)))
        return;
    if (G.versus) {                         /* the winner goes on alone, or begins alone */
        G.humans = G.match_winner;
        G.versus = 0;
        G.stage = resume_stage ? resume_stage : 1;
        resume_stage = 0;
        go_black(PHASE_INTRO);
    } else if (G.stage >= STAGES) {
        flow_phase(PHASE_ENDING);
    } else {
        G.stage++;
        go_black(PHASE_INTRO);
    }
}

static void update_black(void)
{
    if (G.phase_frame < BLACK_FRAMES)
        return;
    if (after_black == PHASE_INTRO)
        begin_match();
    else if (after_black == PHASE_TITLE)
        flow_init();
    else
        flow_phase(after_black);
}

static void update_continue(void)
{
    fighters_pose();
    int player = lone_human();
    if (pressed_by(player, IN_START) && take_credit()) {
        begin_select(G.humans);             /* the stage stays */
        return;
    }
    if (pressed_by(player, IN_ATTACK) && G.phase_frame > 20)
        G.phase_frame = COUNT_FRAMES;
    if (G.phase_frame >= COUNT_FRAMES) {
        if (G.countdown-- == 0) {
            G.countdown = 0;
            go_black(PHASE_GAME_OVER);
            return;
        }
        G.phase_frame = 0;
    }
}

static void update_phase(void)
{
    if (pressed_any(IN_COIN) && G.phase != PHASE_SERVICE) {
        int coins = !!pressed_by(0, IN_COIN) + !!pressed_by(1, IN_COIN);
        G.coins += (uint32_t)coins;
        G.credits = (uint8_t)clamp(G.credits + coins, 0, 99);
    }
    if (pressed_by(0, IN_SERVICE)) {
        set_fighting(0);
        service_open();
        return;
    }
    if (G.phase_frame < 0xffff)
        G.phase_frame++;
    switch (G.phase) {
    case PHASE_TITLE: update_title(); break;
    case PHASE_SELECT: update_select(); break;
    case PHASE_STYLE: update_style(); break;
    case PHASE_INTRO: update_intro(); break;
    case PHASE_ROUND_INTRO: update_round_intro(); break;
    case PHASE_FIGHT: update_fight(); break;
    case PHASE_ROUND_END: update_round_end(); break;
    case PHASE_VICTORY: update_victory(); break;
    case PHASE_BLACK: update_black(); break;
    case PHASE_CONTINUE: update_continue(); break;
    case PHASE_GAME_OVER:
        if (G.phase_frame >= GAME_OVER_FRAMES)
            flow_init();
        break;
    case PHASE_ENDING:
        fighters_pose();
        if (G.phase_frame >= ENDING_LIMIT || (G.phase_frame > 120 && pressed_any(IN_ATTACK | IN_START)))
            go_black(PHASE_TITLE);
        break;
    case PHASE_CHALLENGER:
        if (G.phase_frame >= CHALLENGER_FRAMES)
            begin_select(3);
        break;
    case PHASE_SERVICE: service_update(); break;
    default: flow_init(); break;
    }
}

void flow_update(void)
{
    update_phase();
    publish_fighters();
}
