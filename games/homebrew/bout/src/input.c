#include "input.h"

#include "hw.h"
#include "state.h"

/* The bits of the two ports as MAME's driver maps them (INPUT_PORTS of cps3.cpp). */
enum {
    I_P1 = 0, I_P2 = 8, I_SERVICE_1 = 0x10000, I_SERVICE_MODE = 0x20000, I_COIN_1 = 0x1000000, I_COIN_2 = 0x2000000,
    I_P2_HK = 0x4000000, I_START_1 = 0x10000000, I_START_2 = 0x20000000,
    E_P1_HK = 0x20000, E_P1_MK = 0x40000, E_P1_LK = 0x80000, E_P2_LK = 0x100000, E_P2_MK = 0x200000,
};

uint16_t input_held[2], input_pressed[2];

void input_read(void)
{
    uint32_t in = hw_inputs(), extra = hw_extra();
    uint16_t now[2];
    now[0] = (uint16_t)(in & 0x7f);             /* directions and punches come in our own order */
    now[1] = (uint16_t)(in >> I_P2 & 0x7f);
    if (extra & E_P1_LK) now[0] |= IN_LK;
    if (extra & E_P1_MK) now[0] |= IN_MK;
    if (extra & E_P1_HK) now[0] |= IN_HK;
    if (extra & E_P2_LK) now[1] |= IN_LK;
    if (extra & E_P2_MK) now[1] |= IN_MK;
    if (in & I_P2_HK) now[1] |= IN_HK;
    if (in & I_START_1) now[0] |= IN_START;
    if (in & I_START_2) now[1] |= IN_START;
    if (in & (I_COIN_1 | I_SERVICE_1)) now[0] |= IN_COIN;
    if (in & I_COIN_2) now[1] |= IN_COIN;
    if (in & I_SERVICE_MODE) now[0] |= IN_SERVICE;
    for (int i = 0; i < 2; i++) {
        input_pressed[i] = now[i] & ~input_held[i];
        input_held[i] = now[i];
    }
}

int pressed_by(int player, int bits)
{
    return input_pressed[player] & bits;
}

int pressed_any(int bits)
{
    return (input_pressed[0] | input_pressed[1]) & bits;
}
