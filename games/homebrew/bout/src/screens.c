#include "screens.h"

#include "art.h"
#include "fighter.h"
#include "flow.h"
#include "hw.h"
#include "input.h"
#include "moves.h"
#include "service.h"
#include "state.h"
#include "util.h"

/* Text palettes. */
enum { TP_WHITE, TP_YELLOW, TP_RED, TP_BLUE, TP_GREY, TP_BAR };
/* The same letters on a dark ground, for texts in front of a backdrop. */
enum { B_WHITE = TP_WHITE | TEXT_BOXED, B_YELLOW = TP_YELLOW | TEXT_BOXED, B_RED = TP_RED | TEXT_BOXED, B_BLUE = TP_BLUE | TEXT_BOXED,
       B_GREY = TP_GREY | TEXT_BOXED };
/* Text tiles above the letters. */
enum { TILE_STRIP = 0x100, TILE_BAR = 0x120, TILE_EDGE = 0x140, TILE_MARK = 0x142, TILE_METER = 0x150, TILE_SOLID = 0x160 /* to 0x164; boxed letters from 0x180 to 0x1bf */ };
/* Sprite palettes: what art.py numbers, plus where it starts. */
enum { SP_FIGHTER = SPRITE_PALETTE_FIRST, SP_BACKDROP = SP_FIGHTER + 8, SP_LETTER = SP_BACKDROP + ART_BACKDROPS, SP_FLASH = SP_LETTER + 3 };
enum { TILE_FIGHTERS = 0x40, FLOOR = 200 };
enum { BAR_LEFT = 2, BAR_RIGHT = 26, BAR_WIDTH = 20, BAR_ROW = 2 };

static uint8_t last_phase, last_screen;
static uint8_t shown_health[2];         /* the slow red part of the bars */

static void load_palette(int first, const uint16_t *colours, int count)
{
    for (int i = 0; i < count; i++)
        hw_colour(first + i, colours[i]);
}

static void fill_tile(int tile, int colour, int top, int bottom, int left, int right, int back)
{
    uint8_t pixels[64];
    for (int y = 0; y < 8; y++)
        for (int x = 0; x < 8; x++)
            pixels[y * 8 + x] = (uint8_t)(y < top || y > bottom ? 0 : x >= left && x < right ? colour : back);
    hw_set_text_tile(tile, pixels);
}

/* Sixteen tiles whose lowest two lines show four bits, each 2 pixels wide, the highest bit on the left. */
static void make_strip_tiles(void)
{
    for (int value = 0; value < 16; value++) {
        uint8_t pixels[64];
        int bits = value;
        for (int i = 0; i < 64; i++)
            pixels[i] = 0;
        for (int cell = 0; cell < 4; cell++) {
            uint8_t colour = bits & 8 ? 1 : 2;
            bits = bits * 2;
            for (int y = 6; y < 8; y++)
                pixels[y * 8 + cell * 2] = pixels[y * 8 + cell * 2 + 1] = colour;
        }
        hw_set_text_tile(TILE_STRIP + value, pixels);
    }
}

static void load_text(void)
{
    static const uint16_t text_palettes[][3] = {
        {RGB(31, 31, 31), RGB(0, 0, 0), RGB(3, 2, 6)}, {RGB(31, 28, 8), RGB(6, 2, 0), RGB(3, 2, 6)},
        {RGB(31, 9, 6), RGB(6, 0, 0), RGB(3, 2, 6)}, {RGB(12, 22, 31), RGB(0, 2, 8), RGB(3, 2, 6)},
        {RGB(20, 20, 23), RGB(2, 2, 4), RGB(3, 2, 6)},
    };
    for (int i = 0; i < 5; i++)
        load_palette(TEXT_COLOUR_BASE + i * 16 + 1, text_palettes[i], 3);
    static const uint16_t bar[] = {RGB(31, 26, 4), RGB(27, 4, 4), RGB(5, 5, 9), RGB(29, 29, 29), RGB(6, 20, 31)};
    load_palette(TEXT_COLOUR_BASE + TP_BAR * 16 + 1, bar, 5);
    for (int i = 0; i < 64; i++) {
        hw_unpack_text_tile(32 + i, art_font[i], 1, 2, 0);
        hw_unpack_text_tile(TEXT_BOX_TILES + 32 + i, art_font[i], 1, 2, 3);
    }
    make_strip_tiles();
    for (int i = 0; i <= 8; i++) {
        fill_tile(TILE_BAR + i, 1, 1, 6, 8 - i, 8, 3);          /* filled from the right: player 1 */
        fill_tile(TILE_BAR + 16 + i, 1, 1, 6, 0, i, 3);         /* and from the left */
        fill_tile(TILE_METER + i, 5, 2, 5, 0, i, 3);
    }
    fill_tile(TILE_EDGE, 4, 0, 7, 6, 8, 0);
    fill_tile(TILE_EDGE + 1, 4, 0, 7, 0, 2, 0);
    fill_tile(TILE_BAR + 9, 2, 1, 6, 0, 8, 2);                  /* damage just taken */
    fill_tile(TILE_MARK, 1, 1, 6, 1, 7, 0);
    fill_tile(TILE_MARK + 1, 3, 1, 6, 1, 7, 0);
    for (int i = 0; i < 5; i++)
        fill_tile(TILE_SOLID + i, i + 1, 0, 7, 0, 8, 0);
}

void screens_init(void)
{
    load_text();
    hw_unpack_tiles(art_fighter_data, ART_FIGHTER_TILES, TILE_FIGHTERS, 4);
    hw_unpack_tiles(art_letter_data, ART_LETTER_TILES, TILE_FIGHTERS + ART_FIGHTER_TILES, 4);
    hw_unpack_tiles(art_backdrop_data, ART_BACKDROP_TILES, TILE_FIGHTERS + ART_FIGHTER_TILES + ART_LETTER_TILES, 5);
    for (int i = 0; i < 8; i++)
        load_palette((SP_FIGHTER + i) * 64, art_fighter_palettes[i], 16);
    for (int i = 0; i < ART_BACKDROPS; i++)
        load_palette((SP_BACKDROP + i) * 64, art_backdrop_palettes[i], 32);
    for (int i = 0; i < 3; i++)
        load_palette((SP_LETTER + i) * 64, art_letter_palettes[i], 16);
    for (int i = 1; i < 16; i++)
        hw_colour(SP_FLASH * 64 + i, RGB(31, 31, 29));
}

void draw_backdrop(int number)
{
    static const uint8_t heights[] = {4, 4, 4, 2};
    int tile = TILE_FIGHTERS + ART_FIGHTER_TILES + ART_LETTER_TILES + number * 336;
    int y = 0;
    for (int row = 0; row < 4; row++) {
        for (int column = 0; column < 6; column++) {
            sprite(tile, SP_BACKDROP + number, column * 64, y, 4, heights[row], 0);
            tile += 4 * heights[row];
        }
        y += heights[row] * 16;
    }
}

static void draw_picture(int character, int alternate, int pose, int x, int floor, int flip, int palette)
{
    const struct art_frame *frame = &art_frames[character][pose];
    const int8_t *piece = art_pieces[frame->piece];
    int tile = TILE_FIGHTERS + frame->tile;
    if (!palette)
        palette = SP_FIGHTER + character * 2 + alternate;
    for (int i = 0; i < frame->count; i++, piece += 2, tile++) {
        int dx = piece[0] * 16;
        sprite(tile, palette, flip ? x - dx - 16 : x + dx, floor - piece[1] * 16 - 16, 1, 1, flip);
    }
}

static void draw_fighter(int player)
{
    const struct fighter *f = FIGHTER(player);
    int shake = G.hit_stop && f->combo ? (G.hit_stop & 1) * 2 - 1 : 0;
    draw_picture(f->character, f->alternate, f->pose, f->px + shake, FLOOR - f->py, f->facing,
                 f->flash && G.hit_stop ? SP_FLASH : 0);
}

static void draw_shadow(int x)
{
    sprite(TILE_FIGHTERS + ART_FIGHTER_TILES + ART_SHADOW_TILE, SP_LETTER, x - 32, FLOOR - 6, 4, 1, 0);
}

static void draw_fighters(void)
{
    draw_shadow(FIGHTER(0)->px);
    draw_shadow(FIGHTER(1)->px);
    int front = FIGHTER(1)->act == ACT_STARTUP || FIGHTER(1)->act == ACT_ACTIVE || FIGHTER(1)->act == ACT_RECOVERY;
    draw_fighter(!front);
    draw_fighter(front);
}

static int letter_tile(char c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= '0' && c <= '9')
        return 26 + c - '0';
    return c == '!' ? 36 : c == '.' ? 37 : c == '?' ? 38 : -1;
}

void big_text(int y, const char *s, int palette)
{
    int n = 0;
    while (s[n])
        n++;
    int x = (SCREEN_W - n * 18) >> 1;
    for (; *s; s++, x += 18) {
        int letter = letter_tile(*s);
        if (letter >= 0)
            sprite(TILE_FIGHTERS + ART_FIGHTER_TILES + letter, SP_LETTER + palette, x, y, 1, 1, 0);
    }
}

static void logo(int y)
{
    int tile = TILE_FIGHTERS + ART_FIGHTER_TILES + ART_LOGO_TILE;
    for (int i = 0; i < 4; i++)
        sprite(tile + i * 16, SP_LETTER, 64 + i * 64, y, 4, 4, 0);
}

static void bar_row(int player, int y)
{
    int health = HEALTH(player) < 0 ? 0 : HEALTH(player);
    if (shown_health[player] < health)
        shown_health[player] = (uint8_t)health;
    else if (shown_health[player] > health && !(G.frame & 1))
        shown_health[player]--;
    int x = player ? BAR_RIGHT : BAR_LEFT;
    for (int i = 0; i < BAR_WIDTH; i++) {
        int part = clamp(health - i * 8, 0, 8), slow = shown_health[player] - i * 8;
        int tile = !part && slow > 0 ? TILE_BAR + 9 : TILE_BAR + part + (player ? 16 : 0);
        text_cell(player ? x + i : x + BAR_WIDTH - 1 - i, y, TP_BAR, tile);
    }
    text_cell(x - 1, y, TP_BAR, TILE_EDGE);
    text_cell(x + BAR_WIDTH, y, TP_BAR, TILE_EDGE + 1);
}

static const char *name_of(int player)
{
    if (G.humans & (1 << player) || !G.humans)
        return characters[FIGHTER(player)->character & 3].name;
    return opponent_name(G.stage);
}

static int length(const char *s)
{
    int n = 0;
    while (s[n])
        n++;
    return n;
}

static void draw_hud(void)
{
    bar_row(0, BAR_ROW);
    bar_row(1, BAR_ROW);
    text_number(23, BAR_ROW, G.clock <= 10 ? TP_RED : TP_WHITE, G.clock, 2);
    text_put(2, BAR_ROW + 1, TP_WHITE, name_of(0));
    text_put(46 - length(name_of(1)), BAR_ROW + 1, TP_WHITE, name_of(1));
    for (int i = 0; i < 2; i++) {
        text_cell(21 - i, BAR_ROW + 1, TP_BAR, WINS(0) > i ? TILE_MARK : TILE_MARK + 1);
        text_cell(26 + i, BAR_ROW + 1, TP_BAR, WINS(1) > i ? TILE_MARK : TILE_MARK + 1);
    }
    for (int i = 0; i < 2; i++) {
        int meter = FIGHTER(i)->meter, x = i ? 36 : 2;
        for (int j = 0; j < 10; j++, meter -= 10)
            text_cell(x + j, 26, TP_BAR, TILE_METER + (meter >= 10 ? 8 : meter <= 0 ? 0 : (meter * 13) >> 4));
        if (FIGHTER(i)->meter >= METER_MAX && (G.frame & 8))
            text_put(i ? 30 : 13, 26, TP_YELLOW, "SUPER");
        else
            text_fill(i ? 30 : 13, 26, 5, 1);
        int combo = FIGHTER(1 - i)->combo;
        if (combo > 1) {
            text_number(i ? 40 : 2, 7, TP_YELLOW, combo, 1);
            text_put(i ? 42 : 4, 7, TP_YELLOW, "HITS");
        } else {
            text_fill(i ? 40 : 2, 7, 6, 1);
        }
    }
    text_put(1, 0, TP_GREY, "SCORE");
    text_number(7, 0, TP_WHITE, (int)G.score, 6);
    if (!G.versus) {
        text_put(19, 0, TP_GREY, "STAGE");
        text_number(25, 0, TP_WHITE, G.stage, 2);
    } else {
        text_put(20, 0, TP_GREY, "VERSUS");
    }
    text_put(36, 0, TP_GREY, "CREDIT");
    text_number(43, 0, TP_WHITE, G.credits, 2);
}

static void draw_credit(void)
{
    text_put(36, 26, B_GREY, "CREDIT");
    text_number(43, 26, B_WHITE, G.credits, 2);
}

static void draw_title(void)
{
    draw_backdrop(0);
    logo(28);
    draw_fighters();
    text_centre(13, B_WHITE, " ONE ON ONE ");
    if (G.frame & 32)
        text_centre(15, B_YELLOW, G.credits || G.settings.free_play ? " PRESS START " : " INSERT COIN ");
    else
        text_fill(12, 15, 24, 1);
    text_put(2, 26, B_GREY, " HOMEBREW. MIT LICENCE. ");
    draw_credit();
}

static void draw_select(void)
{
    draw_backdrop(1);
    big_text(20, G.phase == PHASE_SELECT ? "CHOOSE FIGHTER" : "CHOOSE STYLE", 0);
    if (G.phase == PHASE_SELECT) {
        for (int i = 0; i < CHARACTERS; i++) {
            int x = 66 + i * 84;
            draw_picture(i, 0, (G.frame >> 5) & 1 ? POSE_STAND_0 : POSE_STAND_1, x, 160, 0, 0);
            text_put((x >> 3) - (length(characters[i].name) >> 1), 21, B_WHITE, characters[i].name);
            for (int p = 0; p < 2; p++) {
                int here = (G.humans & (1 << p)) && select_cursor[p] == i;
                text_put((x >> 3) - 2 + p * 3, 23, p ? B_BLUE : B_RED, here ? p ? "P2" : "P1" : "  ");
                if (here && select_done[p])
                    text_put((x >> 3) - 1, 24, B_YELLOW, "OK");
            }
        }
        text_put(2, 26, B_GREY, "POWER, SPEED AND REACH DIFFER");
    } else {
        static const char *const styles[] = {"POWER", "SPEED", "GUARD"};
        static const char *const meanings[] = {"HITS HARDER", "WALKS FASTER", "TAKES LESS"};
        for (int i = 0; i < 3; i++) {
            for (int row = 9; row < 12; row++)
                text_put(8, row + i * 3, B_WHITE, "                                ");
            text_put(16, 10 + i * 3, B_WHITE, styles[i]);
            text_put(24, 10 + i * 3, B_GREY, meanings[i]);
            for (int p = 0; p < 2; p++)
                text_put(9 + p * 3, 10 + i * 3, p ? B_BLUE : B_RED,
                         (G.humans & (1 << p)) && select_cursor[p] == i ? p ? "P2" : "P1" : "  ");
        }
    }
    draw_credit();
}

static void draw_intro(void)
{
    draw_backdrop(G.backdrop);
    draw_fighters();
    big_text(56, "VS", 2);
    text_put(8, 5, B_YELLOW, name_of(0));
    text_put(40 - length(name_of(1)), 5, B_YELLOW, name_of(1));
    text_put(8, 6, B_GREY, characters[FIGHTER(0)->character & 3].title);
    text_put(40 - length(characters[FIGHTER(1)->character & 3].title), 6, B_GREY, characters[FIGHTER(1)->character & 3].title);
    if (!G.versus) {
        text_put(18, 2, B_WHITE, "STAGE    OF 10");
        text_number(24, 2, B_WHITE, G.stage, 2);
    } else {
        text_centre(2, B_WHITE, "VERSUS");
    }
}

static void draw_boxes(void)
{
    for (int i = 0; i < 2; i++) {
        struct box boxes[2] = {hurt_box(FIGHTER(i)), hit_box(FIGHTER(i))};
        for (int j = 0; j < 2; j++) {
            struct box *b = &boxes[j];
            if (b->x0 == b->x1)
                continue;
            int tile = TILE_FIGHTERS + ART_FIGHTER_TILES + ART_CORNER_TILE;
            sprite(tile, SP_LETTER + (j ? 2 : 1), b->x0, FLOOR - b->y1, 1, 1, 0);
            sprite(tile, SP_LETTER + (j ? 2 : 1), b->x1 - 16, FLOOR - b->y0 - 16, 1, 1, 1);
        }
    }
}

static void draw_fight(void)
{
    draw_backdrop(G.backdrop);
    draw_fighters();
    if (G.settings.boxes)
        draw_boxes();
    draw_hud();
    static const char *const rounds[] = {"ROUND 1", "ROUND 2", "ROUND 3", "ROUND 4"};
    if (G.phase == PHASE_ROUND_INTRO) {
        if (G.phase_frame < 60)
            big_text(90, WINS(0) == 1 && WINS(1) == 1 ? "FINAL ROUND" : rounds[(G.round - 1) & 3], 0);
        else
            big_text(90, "FIGHT!", 2);
    } else if (G.phase == PHASE_ROUND_END) {
        if (G.phase_frame < 60)
            big_text(90, G.clock ? G.winner == 3 ? "DOUBLE K.O." : "K.O." : "TIME OVER", 2);
        else if (G.winner == 3)
            big_text(90, "DRAW", 1);
        else if (HEALTH(G.winner - 1) == FULL_HEALTH)
            big_text(90, "PERFECT!", 0);
        else
            big_text(90, G.winner == 1 ? "PLAYER 1 WINS" : "PLAYER 2 WINS", 0);
    }
}

static void draw_victory(void)
{
    draw_backdrop(G.backdrop);
    int winner = G.match_winner - 1;
    draw_picture(FIGHTER(winner)->character, FIGHTER(winner)->alternate, (G.frame >> 4) & 1 ? POSE_WIN_0 : POSE_WIN_1,
                 110, FLOOR, 0, 0);
    big_text(40, "WINNER", 0);
    for (int row = 10; row < 22; row++)
        text_put(25, row, B_WHITE, "                  ");
    text_put(26, 11, B_YELLOW, name_of(winner));
    text_put(26, 14, B_WHITE, "HEALTH");
    text_number(36, 14, B_WHITE, clamp(HEALTH(winner), 0, 160) * 10, 5);
    text_put(26, 16, B_WHITE, "TIME");
    text_number(36, 16, B_WHITE, G.clock * 20, 5);
    text_put(26, 18, B_WHITE, "STAGE");
    text_number(36, 18, B_WHITE, 1000, 5);
    text_put(26, 20, B_YELLOW, "SCORE");
    text_number(35, 20, B_YELLOW, (int)G.score, 6);
}

static void draw_continue(void)
{
    static const char *const counts[] = {
        "CONTINUE? 0", "CONTINUE? 1", "CONTINUE? 2", "CONTINUE? 3", "CONTINUE? 4", "CONTINUE? 5", "CONTINUE? 6",
        "CONTINUE? 7", "CONTINUE? 8", "CONTINUE? 9",
    };
    draw_backdrop(G.backdrop);
    int loser = 2 - G.match_winner;
    draw_picture(FIGHTER(loser)->character, FIGHTER(loser)->alternate, POSE_LOSE, 192, FLOOR, 0, 0);
    big_text(60, counts[G.countdown % 10], 2);
    text_centre(12, B_WHITE, G.credits || G.settings.free_play ? " PRESS START " : " INSERT COIN ");
    draw_credit();
}

static void draw_ending(void)
{
    draw_backdrop(0);
    for (int i = 0; i < CHARACTERS; i++)
        draw_picture(i, i != FIGHTER(G.humans == 2)->character, (G.frame >> 4) & 1 ? POSE_WIN_0 : POSE_WIN_1,
                     66 + i * 84, FLOOR, 0, 0);
    big_text(30, "CHAMPION!", 0);
    text_centre(9, B_WHITE, " TEN BOUTS, TEN WINS. ");
    text_centre(11, B_WHITE, " THE RING IS YOURS TONIGHT. ");
    text_put(19, 13, B_YELLOW, "SCORE");
    text_number(25, 13, B_YELLOW, (int)G.score, 6);
}

static void hex(int x, int y, uint32_t value)
{
    static const char digits[] = "0123456789ABCDEF";
    for (int i = 0; i < 8; i++) {
        text_cell(x + i, y, TP_WHITE, digits[value >> 28]);
        value <<= 4;
    }
}

static void menu(const char *title, const char *const *items, int count, int cursor)
{
    text_centre(3, TP_YELLOW, title);
    for (int i = 0; i < count; i++) {
        text_put(14, 6 + i * 2, TP_RED, i == cursor ? ">" : " ");
        text_put(16, 6 + i * 2, i == cursor ? TP_YELLOW : TP_WHITE, items[i]);
    }
}

static void draw_inputs(void)
{
    static const char *const names[] = {
        "UP", "DOWN", "LEFT", "RIGHT", "JAB", "STRONG", "FIERCE", "SHORT", "FORWARD", "ROUNDHOUSE", "START", "COIN"};
    text_centre(3, TP_YELLOW, "INPUT TEST");
    for (int i = 0; i < 12; i++) {
        text_put(6, 6 + i, TP_WHITE, names[i]);
        for (int p = 0; p < 2; p++)
            text_put(22 + p * 10, 6 + i, TP_BLUE, input_held[p] & (1 << i) ? "ON " : "OFF");
    }
    text_centre(22, TP_GREY, "START LEAVES");
}

void draw_service(void)
{
    switch (G.menu_screen) {
    case SV_MAIN:
        menu("SERVICE MENU", main_items, MAIN_ITEMS, service_cursors[0]);
        break;
    case SV_CONFIGURATION:
        menu("CONFIGURATION", configuration_items, CONFIGURATION_ITEMS, service_cursors[1]);
        break;
    case SV_SETTINGS:
        text_centre(3, TP_YELLOW, "GAME SETTINGS");
        for (int i = 0; i < SETTINGS_LINES; i++) {
            int here = i == service_cursors[2];
            text_put(12, 6 + i * 2, TP_RED, here ? ">" : " ");
            text_put(14, 6 + i * 2, here ? TP_YELLOW : TP_WHITE, setting_name(i));
            text_fill(30, 6 + i * 2, 8, 1);
            text_put(30, 6 + i * 2, TP_BLUE, setting_value(i));
        }
        text_centre(22, TP_GREY, "LEFT AND RIGHT CHANGE");
        break;
    case SV_SAVE:
        text_centre(8, TP_YELLOW, "SAVE CHANGES?");
        text_put(20, 11, service_cursors[3] ? TP_WHITE : TP_YELLOW, service_cursors[3] ? "  NO" : "> NO");
        text_put(20, 13, service_cursors[3] ? TP_YELLOW : TP_WHITE, service_cursors[3] ? "> YES" : "  YES");
        break;
    case SV_COINS:
        text_centre(3, TP_YELLOW, "COIN SETTINGS");
        text_put(14, 8, TP_WHITE, "FREE PLAY");
        text_put(28, 8, TP_BLUE, G.settings.free_play ? "ON " : "OFF");
        break;
    case SV_INPUTS:
        draw_inputs();
        break;
    case SV_GRID:
        for (int y = 0; y < TEXT_H - 1; y++)
            for (int x = 0; x < TEXT_W; x++)
                text_cell(x, y, TP_WHITE, '+');
        break;
    case SV_COLOURS:
        text_centre(1, TP_YELLOW, "COLOUR BARS");
        for (int i = 0; i < 5; i++)
            for (int y = 4; y < 24; y++)
                for (int x = 0; x < 4; x++) {
                    text_cell(4 + i * 8 + x, y, TP_BAR, TILE_SOLID + i);
                    text_cell(8 + i * 8 + x, y, i, TILE_SOLID);
                }
        break;
    case SV_PICTURES: {
        int pose = service_page, character = 0;
        while (pose >= POSES) {
            pose -= POSES;
            character = (character + 1) & 3;
        }
        text_centre(3, TP_YELLOW, "PICTURES");
        text_number(20, 5, TP_WHITE, character, 1);
        text_number(24, 5, TP_WHITE, pose, 2);
        draw_picture(character, 0, pose, 120, 180, 0, 0);
        draw_picture(character, 1, pose, 264, 180, 1, 0);
        break;
    }
    case SV_MEMORY:
        text_centre(8, TP_YELLOW, "MEMORY TEST");
        text_centre(11, TP_WHITE, service_result ? "BAD" : "WORK RAM OK");
        break;
    case SV_CHECK:
        text_centre(8, TP_YELLOW, "PROGRAM CHECK");
        hex(20, 11, (uint32_t)service_result);
        break;
    case SV_CLEAR:
        text_centre(8, TP_YELLOW, "BOOKKEEPING CLEARED");
        break;
    case SV_BOOKS: {
        static const char *const names[] = {"GAMES", "COINS", "ROUNDS", "FIGHT SECONDS"};
        int seconds = (int)(((G.fight_frames >> 4) * 273u) >> 10);     /* divided by 60 */
        int values[] = {(int)G.games, (int)G.coins, (int)G.rounds, seconds};
        text_centre(3, TP_YELLOW, "BOOKKEEPING");
        for (int i = 0; i < 4; i++) {
            text_put(12, 7 + i * 2, TP_WHITE, names[i]);
            text_number(30, 7 + i * 2, TP_BLUE, values[i], 6);
        }
        break;
    }
    }
    if (G.menu_screen >= SV_GRID && G.menu_screen <= SV_CHECK && G.menu_screen != SV_CONFIGURATION)
        text_centre(26, TP_GREY, "JAB LEAVES");
}

/* The frame counter for machines: 32 cells of 2x2 pixels in lines 222 and 223, see README.md. */
static void draw_strip(void)
{
    uint32_t value = G.frame;
    for (int i = 0; i < 8; i++) {
        text_cell(i, TEXT_H - 1, TP_WHITE, TILE_STRIP + (int)(value >> 28));
        value <<= 4;
    }
}

void draw_frame(void)
{
    int screen = G.phase == PHASE_SERVICE ? G.menu_screen : 0;
    int same = G.phase == last_phase && screen == last_screen;
    int hud = (G.phase == PHASE_FIGHT || G.phase == PHASE_ROUND_END)
        && (last_phase == PHASE_ROUND_INTRO || last_phase == PHASE_FIGHT);
    if (!same && !hud)
        text_clear();
    last_phase = G.phase;
    last_screen = (uint8_t)screen;
    sprites_begin();
    switch (G.phase) {
    case PHASE_TITLE: draw_title(); break;
    case PHASE_SELECT:
    case PHASE_STYLE: draw_select(); break;
    case PHASE_INTRO: draw_intro(); break;
    case PHASE_ROUND_INTRO:
    case PHASE_FIGHT:
    case PHASE_ROUND_END: draw_fight(); break;
    case PHASE_VICTORY: draw_victory(); break;
    case PHASE_CONTINUE: draw_continue(); break;
    case PHASE_GAME_OVER:
        draw_backdrop(G.backdrop);
        big_text(90, "GAME OVER", 2);
        break;
    case PHASE_ENDING: draw_ending(); break;
    case PHASE_CHALLENGER:
        draw_backdrop(G.backdrop);
        draw_fighters();
        if (G.frame & 8)
            big_text(80, "A CHALLENGER", 2);
        text_centre(15, B_YELLOW, " COMES INTO THE RING ");
        break;
    case PHASE_SERVICE: draw_service(); break;
    default: break;
    }
    sprites_end();
    if (G.phase != PHASE_BLACK)
        draw_strip();
}
