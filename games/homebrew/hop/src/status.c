/* The bar above the picture. Its digits are only rewritten when they change, a few each frame. */

#include "hop.h"

u8 digits[6];

#define ROW_NAMES 0x2020
#define ROW_VALUES 0x2040
#define AT_SCORE 2
#define AT_COINS 12
#define AT_LEVEL 18
#define AT_TIME 22
#define AT_LIVES 30

static const u16 powers[5] = {10000, 1000, 100, 10, 1};
static u16 shown_score, shown_time;
static u8 shown_coins, shown_lives;
static u8 n, digit;
static u16 rest;

/* The score is kept in tens. */
static u16 tens;

void add_score(u16 points) {
    if (tens < 60000U)
        tens += points;
    score = (u32)tens * 10;
}

void add_coin(void) {
    add_score(5);
    sound_play(S_COIN);
    if (++coins == 50) {
        coins = 0;
        if (lives < 9)
            ++lives;
        sound_play(S_LIFE);
    }
}

/* The last `count` of the five digits of `value`. */
void status_number(u16 value, u8 count) {
    rest = value;
    for (n = 0; n < 5; ++n) {
        digit = '0';
        while (rest >= powers[n]) {
            rest -= powers[n];
            ++digit;
        }
        digits[n] = digit;
    }
    for (n = 0; n < count; ++n)
        digits[n] = digits[n + 5 - count];
}

static void enqueue(u8 column, u8 count) {
    digit = queue_length;
    queue[digit] = ROW_VALUES >> 8;
    queue[digit + 1] = (u8)ROW_VALUES + column;
    queue[digit + 2] = count;
    digit += 3;
    for (n = 0; n < count; ++n) {
        queue[digit] = digits[n];
        ++digit;
    }
    queue_length = digit;
}

void status_draw(void) {
    static const char names[] = "  SCORE    COIN  LV   TIME HARE ";
    spr_frame = ' ';
    vram_seek(0x2000);
    vram_fill(128);
    vram_seek(0x2400);
    vram_fill(128);
    vram_seek(0x2060);
    spr_frame = T_BAR;
    vram_fill(32);
    vram_seek(0x2460);
    vram_fill(32);
    vram_seek(ROW_NAMES);
    for (n = 0; n < 32; ++n)
        vram_put(names[n]);
    vram_seek(ROW_VALUES + AT_LEVEL);
    vram_put('0' + level);
    vram_seek(ROW_VALUES + AT_SCORE + 5);
    vram_put('0');
    vram_seek(ROW_VALUES + AT_LIVES - 2);
    vram_put(T_FACE);
    vram_put('X');
    spr_frame = 0x55;
    vram_seek(0x23C0);
    vram_fill(8);
    vram_seek(0x27C0);
    vram_fill(8);
    shown_score = shown_time = 0xFFFF;
    shown_coins = shown_lives = 0xFF;
    if (!score)
        tens = 0;
}

void status_update(void) {
    if (column_tiles_ready || queue_length > 20)
        return;
    if (shown_score != tens) {
        shown_score = tens;
        status_number(tens, 5);
        enqueue(AT_SCORE, 5);
    } else if (shown_time != time) {
        shown_time = time;
        status_number(time, 3);
        enqueue(AT_TIME, 3);
    } else if (shown_coins != coins) {
        shown_coins = coins;
        status_number(coins, 2);
        enqueue(AT_COINS, 2);
    } else if (shown_lives != lives) {
        shown_lives = lives;
        status_number(lives, 1);
        enqueue(AT_LIVES, 1);
    }
}
