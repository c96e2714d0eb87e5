/* Sound effects: one voice for tones and one for noise; a new effect replaces the old one. */

#include "hop.h"

#define PULSE ((volatile u8 *)0x4000)
#define NOISE ((volatile u8 *)0x400C)

/* Steps of (frames, duty and volume, period low, period high); 0 ends. */
static const u8 jump[] = {2, 0x86, 0xA0, 1, 2, 0x86, 0x70, 1, 3, 0x85, 0x40, 1, 3, 0x84, 0x10, 1, 3, 0x82, 0xE0, 0, 0};
static const u8 coin[] = {4, 0x86, 0x70, 0, 10, 0x85, 0x54, 0, 8, 0x82, 0x54, 0, 0};
static const u8 stomp[] = {2, 0x47, 0x20, 2, 2, 0x46, 0xC0, 2, 3, 0x44, 0x80, 3, 0};
static const u8 bump[] = {3, 0x45, 0xF0, 4, 4, 0x43, 0xF0, 5, 0};
static const u8 carrot[] = {4, 0x85, 0xFD, 0, 4, 0x85, 0xC9, 0, 4, 0x85, 0xA9, 0, 4, 0x85, 0x7E, 0, 8, 0x84, 0x64, 0, 0};
static const u8 hurt[] = {4, 0x46, 0x7E, 1, 4, 0x46, 0xFC, 1, 6, 0x44, 0x7E, 2, 0};
static const u8 die[] = {6, 0x86, 0xFD, 0, 6, 0x86, 0x0C, 1, 6, 0x86, 0x1C, 1, 6, 0x86, 0x2D, 1, 10, 0x85, 0x52, 1,
                         10, 0x85, 0xAB, 1, 16, 0x84, 0xFB, 1, 24, 0x83, 0xF9, 3, 0};
static const u8 flag[] = {6, 0x86, 0xFD, 0, 6, 0x86, 0xE1, 0, 6, 0x86, 0xC9, 0, 6, 0x86, 0xA9, 0, 6, 0x86, 0x96, 0,
                          6, 0x86, 0x7E, 0, 12, 0x86, 0x64, 0, 20, 0x84, 0x7E, 0, 0};
static const u8 life[] = {6, 0x86, 0xA9, 0, 6, 0x86, 0x8E, 0, 6, 0x86, 0x54, 0, 6, 0x86, 0x64, 0, 12, 0x85, 0x54, 0, 0};
static const u8 start[] = {5, 0x86, 0xA9, 0, 5, 0x80, 0xA9, 0, 10, 0x85, 0x7E, 0, 0};
static const u8 crash[] = {3, 0x09, 0x0B, 8, 3, 0x07, 0x0D, 8, 6, 0x04, 0x0E, 8, 0};

static const u8 *const effects[] = {jump, coin, stomp, bump, crash, carrot, hurt, die, flag, life, start, jump};

static const u8 *tone, *noise;
static u8 tone_left, noise_left;

void sound_play(u8 number) {
    if (state == TITLE && number != S_START)
        return;
    if (number == S_BREAK) {
        noise = effects[number];
        noise_left = 1;
    } else {
        tone = effects[number];
        tone_left = 1;
    }
}

void sound_update(void) {
    if (tone_left && !--tone_left) {
        tone_left = *tone;
        if (!tone_left)
            PULSE[0] = 0x30;
        else {
            PULSE[0] = tone[1] | 0x30;
            PULSE[1] = 0x08;
            PULSE[2] = tone[2];
            PULSE[3] = tone[3];
            tone += 4;
        }
    }
    if (noise_left && !--noise_left) {
        noise_left = *noise;
        if (!noise_left)
            NOISE[0] = 0x30;
        else {
            NOISE[0] = noise[1] | 0x30;
            NOISE[2] = noise[2];
            NOISE[3] = noise[3];
            noise += 4;
        }
    }
}
