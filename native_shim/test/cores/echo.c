/* What it sees of the inputs, in memory (s16 each, unless it says otherwise):
 *   16..31   joypads of players 1 to 8, as masks
 *   32..47   analog of player 1: left x y, right x y, then the buttons L2, R2 and B as how far, 0
 *   48..55   analog of player 2: left x y, right x y
 *   64..79   mouse of player 1: x y left right middle
 *   80..95   light gun of player 1: screen x, screen y, trigger, off screen, aux a, start, reload, aux b
 *   96..103  pointer of player 1: x y pressed count
 *   104..111 keys a, return, escape, left shift; a byte each; then at 108 how often the keyboard's callback was called,
 *            at 109 whether it was down, at 110 the key (u16)
 *   112..119 what is plugged in for the players 1 to 8, a byte each
 *   120      joypad 1 as a mask in one call (u16), 122 whether the frontend has that
 *   124      the frames in which joypad 1 held A (u32)
 *   128      the frames in which A was newly pressed (u32)
 *   132..143 mouse of player 1: wheel up down, horizontal wheel up down, buttons 4 5
 *   144..155 light gun of player 1: aux c, up, down, left, right, and what older cores call pause
 *   156..161 asked of kinds of the core's own: a gun's screen x, a joypad's B, a stick's left x
 *   164      the last key's character (u32)
 *   168      how many keys the callback told since the frame before, then at 172 of the first 16 the key (u16), whether
 *            it was down and the modifiers (a byte each) */
#include "base.h"

static uint8_t plugged[8];
static bool was_down;
enum { TOLD = 168, EVENTS = 172, MAX_EVENTS = 16 };
static uint8_t told, events[4 * MAX_EVENTS];

static int16_t see(unsigned port, unsigned device, unsigned index, unsigned id) {
    return input(port, device, index, id);
}

static void key(bool down, unsigned code, uint32_t character, uint16_t modifiers) {
    put32(ram + 164, character);
    if (told < MAX_EVENTS) {
        uint8_t *event = events + 4 * told++;
        put16(event, (uint16_t)code);
        event[2] = down;
        event[3] = (uint8_t)modifiers;
    }
    ram[108]++;
    ram[109] = down;
    put16(ram + 110, (uint16_t)code);
}

bool core_load(const struct lr_game_info *info) {
    static const struct lr_controller kinds[] = {
        {"Pad", LR_DEVICE_JOYPAD}, {"Zapper", ZAPPER}, {NULL, 0}};
    static const struct lr_controllers ports[] = {{kinds, 2}, {kinds, 1}, {NULL, 0}};
    struct lr_keyboard_callback keyboard = {key};
    ask(LR_SET_CONTROLLER_INFO, (void *)ports);
    ask(LR_SET_KEYBOARD_CALLBACK, &keyboard);
    ram[122] = ask(LR_GET_INPUT_BITMASKS, NULL);
    return info != NULL;
}

void retro_set_controller_port_device(unsigned port, unsigned device) {
    if (port < 8)
        plugged[port] = (uint8_t)(device & 0xFF) | (uint8_t)(device >> 8 << 4);
}

void core_think(void) {
    static const unsigned keys[] = {KEY_a, KEY_RETURN, KEY_ESCAPE, KEY_LSHIFT};
    put32(ram, get32(ram) + 1);
    for (unsigned port = 0; port < 8; port++) {
        uint16_t held = 0;
        for (unsigned button = 0; button < 16; button++)
            if (see(port, LR_DEVICE_JOYPAD, 0, button))
                held |= (uint16_t)(1 << button);
        put16(ram + 16 + 2 * port, held);
        ram[112 + port] = plugged[port];
    }
    for (unsigned port = 0; port < 2; port++)
        for (unsigned n = 0; n < 4; n++)
            put16(ram + 32 + 16 * port + 2 * n, (uint16_t)see(port, LR_DEVICE_ANALOG, n / 2, n % 2));
    put16(ram + 40, (uint16_t)see(0, LR_DEVICE_ANALOG, LR_ANALOG_BUTTON, JOYPAD_L2));
    put16(ram + 42, (uint16_t)see(0, LR_DEVICE_ANALOG, LR_ANALOG_BUTTON, JOYPAD_R2));
    put16(ram + 44, (uint16_t)see(0, LR_DEVICE_ANALOG, LR_ANALOG_BUTTON, JOYPAD_B));
    static const unsigned mouse[] = {LR_MOUSE_X, LR_MOUSE_Y, LR_MOUSE_LEFT, LR_MOUSE_RIGHT, LR_MOUSE_MIDDLE};
    for (unsigned n = 0; n < 5; n++)
        put16(ram + 64 + 2 * n, (uint16_t)see(0, LR_DEVICE_MOUSE, 0, mouse[n]));
    static const unsigned gun[] = {LR_LIGHTGUN_SCREEN_X, LR_LIGHTGUN_SCREEN_Y,
                                   LR_LIGHTGUN_TRIGGER,  LR_LIGHTGUN_OFFSCREEN,
                                   LR_LIGHTGUN_AUX_A,    LR_LIGHTGUN_START,
                                   LR_LIGHTGUN_RELOAD,   LR_LIGHTGUN_AUX_B};
    for (unsigned n = 0; n < 8; n++)
        put16(ram + 80 + 2 * n, (uint16_t)see(0, LR_DEVICE_LIGHTGUN, 0, gun[n]));
    static const unsigned pointer[] = {LR_POINTER_X, LR_POINTER_Y,
                                       LR_POINTER_PRESSED, LR_POINTER_COUNT};
    for (unsigned n = 0; n < 4; n++)
        put16(ram + 96 + 2 * n, (uint16_t)see(0, LR_DEVICE_POINTER, 0, pointer[n]));
    for (unsigned n = 0; n < 4; n++)
        ram[104 + n] = (uint8_t)see(0, LR_DEVICE_KEYBOARD, 0, keys[n]);
    put16(ram + 120, (uint16_t)see(0, LR_DEVICE_JOYPAD, 0, LR_JOYPAD_ALL));
    static const unsigned more[] = {LR_MOUSE_WHEELUP,         LR_MOUSE_WHEELDOWN, LR_MOUSE_HORIZ_WHEELUP,
                                    LR_MOUSE_HORIZ_WHEELDOWN, LR_MOUSE_BUTTON_4,  LR_MOUSE_BUTTON_5};
    for (unsigned n = 0; n < 6; n++)
        put16(ram + 132 + 2 * n, (uint16_t)see(0, LR_DEVICE_MOUSE, 0, more[n]));
    static const unsigned rest[] = {LR_LIGHTGUN_AUX_C,     LR_LIGHTGUN_DPAD_UP,    LR_LIGHTGUN_DPAD_DOWN,
                                    LR_LIGHTGUN_DPAD_LEFT, LR_LIGHTGUN_DPAD_RIGHT, LR_LIGHTGUN_PAUSE};
    for (unsigned n = 0; n < 6; n++)
        put16(ram + 144 + 2 * n, (uint16_t)see(0, LR_DEVICE_LIGHTGUN, 0, rest[n]));
    put16(ram + 156, (uint16_t)see(0, ZAPPER, 0, LR_LIGHTGUN_SCREEN_X));
    put16(ram + 158, (uint16_t)see(0, 3 << 8 | LR_DEVICE_JOYPAD, 0, JOYPAD_B));
    put16(ram + 160, (uint16_t)see(0, 1 << 8 | LR_DEVICE_ANALOG, LR_ANALOG_LEFT, 0));
    ram[TOLD] = told;
    memcpy(ram + EVENTS, events, sizeof events);
    memset(events, 0, sizeof events);
    told = 0;
    /* Places that do not exist are no error. */
    see(99, LR_DEVICE_JOYPAD, 0, 0);
    see(0, LR_DEVICE_JOYPAD, 5, 77);
    see(0, LR_DEVICE_ANALOG, 9, 9);
    see(0, LR_DEVICE_MOUSE, 0, 99);
    see(0, LR_DEVICE_LIGHTGUN, 0, 99);
    see(0, LR_DEVICE_POINTER, 77, 99);
    see(0, LR_DEVICE_KEYBOARD, 0, 100000);
    see(0, 1000, 0, 0);
    bool down = see(0, LR_DEVICE_JOYPAD, 0, JOYPAD_A) != 0;
    if (down)
        put32(ram + 124, get32(ram + 124) + 1);
    if (down && !was_down)
        put32(ram + 128, get32(ram + 128) + 1);
    was_down = down;
}
