#include "input.h"

#include <stdio.h>
#include <string.h>

enum { PORT_NAME = 16 };

struct field {
    const char *name;
    unsigned id;
    int32_t minimum, maximum; /* Both 0 for a button. */
};

#define STICK -32768, 32767
#define TOUCH -32767, 32767
#define TRIGGER 0, 32767
#define MASK 0, 65535

/* An analog button's number among the analog fields. */
#define HOW_FAR 0x100u
enum { L2 = 12, R2 = 13 };

static const struct field JOYPAD[] = {
    {"B", 0, 0, 0},    {"Y", 1, 0, 0},     {"SELECT", 2, 0, 0}, {"START", 3, 0, 0}, {"UP", 4, 0, 0},  {"DOWN", 5, 0, 0},
    {"LEFT", 6, 0, 0}, {"RIGHT", 7, 0, 0}, {"A", 8, 0, 0},      {"X", 9, 0, 0},     {"L", 10, 0, 0},  {"R", 11, 0, 0},
    {"L2", 12, 0, 0},  {"R2", 13, 0, 0},   {"L3", 14, 0, 0},    {"R3", 15, 0, 0},   {"BUTTONS", LR_JOYPAD_ALL, MASK},
};
static const struct field ANALOG[] = {
    {"left x", 0, STICK},  {"left y", 1, STICK},           {"right x", 2, STICK},
    {"right y", 3, STICK}, {"L2", HOW_FAR | L2, TRIGGER}, {"R2", HOW_FAR | R2, TRIGGER},
};
static const struct field MOUSE[] = {
    {"x", LR_MOUSE_X, STICK},
    {"y", LR_MOUSE_Y, STICK},
    {"left", LR_MOUSE_LEFT, 0, 0},
    {"right", LR_MOUSE_RIGHT, 0, 0},
    {"middle", LR_MOUSE_MIDDLE, 0, 0},
    {"wheel up", LR_MOUSE_WHEELUP, 0, 0},
    {"wheel down", LR_MOUSE_WHEELDOWN, 0, 0},
    {"horizontal wheel up", LR_MOUSE_HORIZ_WHEELUP, 0, 0},
    {"horizontal wheel down", LR_MOUSE_HORIZ_WHEELDOWN, 0, 0},
    {"button 4", LR_MOUSE_BUTTON_4, 0, 0},
    {"button 5", LR_MOUSE_BUTTON_5, 0, 0},
};
static const struct field LIGHTGUN[] = {
    {"x", LR_LIGHTGUN_SCREEN_X, STICK},
    {"y", LR_LIGHTGUN_SCREEN_Y, STICK},
    {"trigger", LR_LIGHTGUN_TRIGGER, 0, 0},
    {"reload", LR_LIGHTGUN_RELOAD, 0, 0},
    {"start", LR_LIGHTGUN_START, 0, 0},
    {"select", LR_LIGHTGUN_SELECT, 0, 0},
    {"aux a", LR_LIGHTGUN_AUX_A, 0, 0},
    {"aux b", LR_LIGHTGUN_AUX_B, 0, 0},
    {"aux c", LR_LIGHTGUN_AUX_C, 0, 0},
    {"up", LR_LIGHTGUN_DPAD_UP, 0, 0},
    {"down", LR_LIGHTGUN_DPAD_DOWN, 0, 0},
    {"left", LR_LIGHTGUN_DPAD_LEFT, 0, 0},
    {"right", LR_LIGHTGUN_DPAD_RIGHT, 0, 0},
    {"offscreen", LR_LIGHTGUN_OFFSCREEN, 0, 0},
};
static const struct field POINTER[] = {
    {"x", LR_POINTER_X, TOUCH}, {"y", LR_POINTER_Y, TOUCH}, {"pressed", LR_POINTER_PRESSED, 0, 0}};

static const struct kind {
    const char *name;
    const struct field *fields;
    unsigned count, offset; /* Where in a player's fields they begin. */
} KINDS[] = {
    {"joypad", JOYPAD, TK_JOYPAD_FIELDS, 0},
    {"analog", ANALOG, TK_ANALOG_FIELDS, TK_JOYPAD_FIELDS},
    {"mouse", MOUSE, TK_MOUSE_FIELDS, TK_JOYPAD_FIELDS + TK_ANALOG_FIELDS},
    {"lightgun", LIGHTGUN, TK_LIGHTGUN_FIELDS, TK_JOYPAD_FIELDS + TK_ANALOG_FIELDS + TK_MOUSE_FIELDS},
    {"pointer", POINTER, TK_POINTER_FIELDS, TK_PLAYER_FIELDS - TK_POINTER_FIELDS},
};
enum { KIND_COUNT = sizeof KINDS / sizeof *KINDS, FIRST_KEY = TK_PLAYERS * TK_PLAYER_FIELDS };
enum { JOYPAD_KIND, ANALOG_KIND, MOUSE_KIND, LIGHTGUN_KIND, POINTER_KIND };

_Static_assert(sizeof JOYPAD / sizeof *JOYPAD == TK_JOYPAD_FIELDS, "joypad");
_Static_assert(sizeof ANALOG / sizeof *ANALOG == TK_ANALOG_FIELDS, "analog");
_Static_assert(sizeof MOUSE / sizeof *MOUSE == TK_MOUSE_FIELDS, "mouse");
_Static_assert(sizeof LIGHTGUN / sizeof *LIGHTGUN == TK_LIGHTGUN_FIELDS, "lightgun");
_Static_assert(sizeof POINTER / sizeof *POINTER == TK_POINTER_FIELDS, "pointer");

/* Names of keys by libretro's codes. Letters and digits are named by themselves. */
static const struct {
    unsigned code;
    const char *name;
} KEYS[] = {
    {8, "BACKSPACE"}, {9, "TAB"}, {12, "CLEAR"}, {13, "RETURN"}, {19, "PAUSE"}, {27, "ESCAPE"}, {32, "SPACE"},
    {33, "EXCLAIM"}, {34, "QUOTEDBL"}, {35, "HASH"}, {36, "DOLLAR"}, {38, "AMPERSAND"}, {39, "QUOTE"},
    {40, "LEFTPAREN"}, {41, "RIGHTPAREN"}, {42, "ASTERISK"}, {43, "PLUS"}, {44, "COMMA"}, {45, "MINUS"},
    {46, "PERIOD"}, {47, "SLASH"}, {58, "COLON"}, {59, "SEMICOLON"}, {60, "LESS"}, {61, "EQUALS"}, {62, "GREATER"},
    {63, "QUESTION"}, {64, "AT"}, {91, "LEFTBRACKET"}, {92, "BACKSLASH"}, {93, "RIGHTBRACKET"}, {94, "CARET"},
    {95, "UNDERSCORE"}, {96, "BACKQUOTE"}, {123, "LEFTBRACE"}, {124, "BAR"}, {125, "RIGHTBRACE"}, {126, "TILDE"},
    {127, "DELETE"}, {256, "KP0"}, {257, "KP1"}, {258, "KP2"}, {259, "KP3"}, {260, "KP4"}, {261, "KP5"}, {262, "KP6"},
    {263, "KP7"}, {264, "KP8"}, {265, "KP9"}, {266, "KP_PERIOD"}, {267, "KP_DIVIDE"}, {268, "KP_MULTIPLY"},
    {269, "KP_MINUS"}, {270, "KP_PLUS"}, {271, "KP_ENTER"}, {272, "KP_EQUALS"}, {273, "UP"}, {274, "DOWN"},
    {275, "RIGHT"}, {276, "LEFT"}, {277, "INSERT"}, {278, "HOME"}, {279, "END"}, {280, "PAGEUP"}, {281, "PAGEDOWN"},
    {282, "F1"}, {283, "F2"}, {284, "F3"}, {285, "F4"}, {286, "F5"}, {287, "F6"}, {288, "F7"}, {289, "F8"},
    {290, "F9"}, {291, "F10"}, {292, "F11"}, {293, "F12"}, {294, "F13"}, {295, "F14"}, {296, "F15"}, {300, "NUMLOCK"},
    {301, "CAPSLOCK"}, {302, "SCROLLOCK"}, {303, "RSHIFT"}, {304, "LSHIFT"}, {305, "RCTRL"}, {306, "LCTRL"},
    {307, "RALT"}, {308, "LALT"}, {309, "RMETA"}, {310, "LMETA"}, {311, "LSUPER"}, {312, "RSUPER"}, {313, "MODE"},
    {314, "COMPOSE"}, {315, "HELP"}, {316, "PRINT"}, {317, "SYSREQ"}, {318, "BREAK"}, {319, "MENU"}, {320, "POWER"},
    {321, "EURO"}, {322, "UNDO"}, {323, "OEM_102"}, {324, "BROWSER_BACK"}, {325, "BROWSER_FORWARD"},
    {326, "BROWSER_REFRESH"}, {327, "BROWSER_STOP"}, {328, "BROWSER_SEARCH"}, {329, "BROWSER_FAVORITES"},
    {330, "BROWSER_HOME"}, {331, "VOLUME_MUTE"}, {332, "VOLUME_DOWN"}, {333, "VOLUME_UP"}, {334, "MEDIA_NEXT"},
    {335, "MEDIA_PREV"}, {336, "MEDIA_STOP"}, {337, "MEDIA_PLAY_PAUSE"}, {338, "LAUNCH_MAIL"}, {339, "LAUNCH_MEDIA"},
    {340, "LAUNCH_APP1"}, {341, "LAUNCH_APP2"},
};
enum { KEY_COUNT = sizeof KEYS / sizeof *KEYS };
enum { BACKSPACE = 8, TAB = 9, RETURN = 13, ESCAPE = 27, DELETE = 127, KP0 = 256, FIRST_MODIFIER = 303, LAST_MODIFIER = 310 };

/* The code of a key, or 0. */
static unsigned find_key(const char *name) {
    if (name[0] != 0 && name[1] == 0) {
        char letter = name[0];
        if (letter >= '0' && letter <= '9') {
            return (unsigned)letter;
        }
        if ((letter >= 'A' && letter <= 'Z') || (letter >= 'a' && letter <= 'z')) {
            return (unsigned)(letter | 0x20);
        }
    }
    for (size_t i = 0; i < KEY_COUNT; i++) {
        if (strcmp(KEYS[i].name, name) == 0) {
            return KEYS[i].code;
        }
    }
    return 0;
}

static int bind_player(struct tk_input *input, const struct kind *kind, unsigned player, const char *port,
                       const char *field, struct tk_error *error) {
    for (unsigned i = 0; i < kind->count; i++) {
        if (strcmp(kind->fields[i].name, field) == 0) {
            unsigned at = player * TK_PLAYER_FIELDS + kind->offset + i;
            input->bound[at] = true;
            return (int)at + 1;
        }
    }
    return tk_error_set(error, TK_E_INPUT, "the port %s has no field '%s'", port, field);
}

int tk_input_bind(struct tk_input *input, const char *port, const char *field, struct tk_error *error) {
    if (strcmp(port, ":keyboard") == 0) {
        unsigned code = find_key(field);
        if (code == 0) {
            return tk_error_set(error, TK_E_INPUT, "the keyboard has no key '%s'", field);
        }
        input->bound[FIRST_KEY + code] = true;
        return (int)(FIRST_KEY + code) + 1;
    }
    for (size_t i = 0; i < KIND_COUNT; i++) {
        for (unsigned player = 0; player < TK_PLAYERS; player++) {
            char name[PORT_NAME];
            snprintf(name, sizeof name, ":%s%u", KINDS[i].name, player + 1);
            if (strcmp(name, port) == 0) {
                return bind_player(input, &KINDS[i], player, port, field, error);
            }
        }
    }
    return tk_error_set(error, TK_E_INPUT,
                        "there is no port '%s'; there are :joypadN, :analogN, :mouseN, :lightgunN and :pointerN, with N from 1 to "
                        "%d, and :keyboard",
                        port, TK_PLAYERS);
}

bool tk_input_is_bound(const struct tk_input *input, uint32_t index) {
    return index >= 1 && index <= TK_INPUTS && input->bound[index - 1];
}

void tk_input_clear(struct tk_input *input) {
    memset(input->values, 0, sizeof input->values);
}

void tk_input_set(struct tk_input *input, uint32_t index, int32_t value) {
    input->values[index - 1] = value;
}

/* The character that a key types on an American keyboard with Num Lock; 0 if none. */
static uint32_t typed(unsigned code, uint16_t modifiers) {
    static const char PLAIN[] = "`1234567890-=[]\\;',./", SHIFTED[] = "~!@#$%^&*()_+{}|:\"<>?";
    static const char KEYPAD[] = "0123456789./*-+\r=";
    if ((modifiers & ~LR_MODIFIER_SHIFT) != 0) {
        return 0; /* A command rather than a text. */
    }
    if (code >= KP0 && code < KP0 + sizeof KEYPAD - 1) {
        return (uint32_t)KEYPAD[code - KP0];
    }
    if (code == BACKSPACE || code == TAB || code == RETURN || code == ESCAPE || code == DELETE) {
        return code;
    }
    if (code < ' ' || code > '~') {
        return 0;
    }
    if ((modifiers & LR_MODIFIER_SHIFT) == 0) {
        return code;
    }
    const char *at = strchr(PLAIN, (int)code);
    return at != NULL ? (uint32_t)SHIFTED[at - PLAIN] : code >= 'a' && code <= 'z' ? code - 32 : code;
}

static uint16_t modifiers_of(const bool *keys) {
    static const uint16_t BITS[] = {LR_MODIFIER_SHIFT, LR_MODIFIER_CTRL, LR_MODIFIER_ALT, LR_MODIFIER_META};
    uint16_t modifiers = 0;
    for (unsigned code = FIRST_MODIFIER; code <= LAST_MODIFIER; code++) {
        modifiers = (uint16_t)(modifiers | (keys[code] ? BITS[(code - FIRST_MODIFIER) / 2] : 0));
    }
    return modifiers;
}

/* In the order in which fingers do it: what is let go, then Shift and its like, then what is pressed. */
static void tell_keys(struct tk_input *input) {
    enum { UP, MODIFIERS, DOWN, PASSES };
    const int32_t *held = input->values + FIRST_KEY;
    for (int pass = UP; pass < PASSES; pass++) {
        for (unsigned code = 0; code < TK_KEYS; code++) {
            bool down = held[code] != 0, modifier = code >= FIRST_MODIFIER && code <= LAST_MODIFIER;
            if (down == input->keys[code] || (modifier ? MODIFIERS : down ? DOWN : UP) != pass) {
                continue;
            }
            input->keys[code] = down;
            if (input->on_key != NULL) {
                uint16_t modifiers = modifiers_of(input->keys);
                input->on_key(down, code, down ? typed(code, modifiers) : 0, modifiers);
            }
        }
    }
}

void tk_input_commit(struct tk_input *input) {
    for (unsigned player = 0; player < TK_PLAYERS; player++) {
        const int32_t *values = input->values + player * TK_PLAYER_FIELDS;
        unsigned mask = (unsigned)values[LR_JOYPAD_BUTTONS] & 0xffff;
        for (unsigned button = 0; button < LR_JOYPAD_BUTTONS; button++) {
            mask |= values[button] != 0 ? 1u << button : 0;
        }
        input->masks[player] = (uint16_t)mask;
    }
    tell_keys(input);
}

bool tk_input_has_keys(const struct tk_input *input) {
    return memchr(input->keys, true, sizeof input->keys) != NULL;
}

static int16_t clamp(int32_t value) {
    return (int16_t)(value < INT16_MIN ? INT16_MIN : value > INT16_MAX ? INT16_MAX : value);
}

static int16_t read_field(const struct tk_input *input, unsigned port, int kind, unsigned id) {
    const struct kind *found = &KINDS[kind];
    for (unsigned i = 0; i < found->count; i++) {
        if (found->fields[i].id == id) {
            int32_t value = input->values[port * TK_PLAYER_FIELDS + found->offset + i];
            return found->fields[i].maximum == 0 ? value != 0 : clamp(value);
        }
    }
    return 0;
}

/* A gun that points beside the screen says so, and has the one coordinate that there is for it, whichever of the two was
 * given. */
static int16_t read_gun(const struct tk_input *input, unsigned port, unsigned id) {
    bool outside = read_field(input, port, LIGHTGUN_KIND, LR_LIGHTGUN_OFFSCREEN) != 0 ||
                   read_field(input, port, LIGHTGUN_KIND, LR_LIGHTGUN_SCREEN_X) == INT16_MIN ||
                   read_field(input, port, LIGHTGUN_KIND, LR_LIGHTGUN_SCREEN_Y) == INT16_MIN;
    switch (id) {
    case LR_LIGHTGUN_OFFSCREEN:
        return outside;
    case LR_LIGHTGUN_SCREEN_X:
    case LR_LIGHTGUN_SCREEN_Y:
        return outside ? INT16_MIN : read_field(input, port, LIGHTGUN_KIND, id);
    case LR_LIGHTGUN_PAUSE:
        return read_field(input, port, LIGHTGUN_KIND, LR_LIGHTGUN_START);
    default:
        return read_field(input, port, LIGHTGUN_KIND, id);
    }
}

int16_t tk_input_read(const struct tk_input *input, unsigned port, unsigned device, unsigned index, unsigned id) {
    device &= LR_DEVICE_MASK;
    if (device == LR_DEVICE_KEYBOARD) {
        return id < TK_KEYS && input->values[FIRST_KEY + id] != 0;
    }
    if (port >= TK_PLAYERS) {
        return 0;
    }
    switch (device) {
    case LR_DEVICE_JOYPAD:
        if (id == LR_JOYPAD_ALL) {
            return (int16_t)input->masks[port];
        }
        return id < LR_JOYPAD_BUTTONS && (input->masks[port] >> id & 1) != 0;
    case LR_DEVICE_ANALOG:
        if (index == LR_ANALOG_BUTTON) {
            if (id < LR_JOYPAD_BUTTONS && (input->masks[port] >> id & 1) != 0) {
                return INT16_MAX; /* A button that is not analog is pressed as far as it goes. */
            }
            return read_field(input, port, ANALOG_KIND, HOW_FAR | id);
        }
        return index < LR_ANALOG_BUTTON && id < 2 ? read_field(input, port, ANALOG_KIND, 2 * index + id) : 0;
    case LR_DEVICE_MOUSE:
        return read_field(input, port, MOUSE_KIND, id);
    case LR_DEVICE_LIGHTGUN:
        return read_gun(input, port, id);
    case LR_DEVICE_POINTER:
        if (id == LR_POINTER_COUNT) {
            return read_field(input, port, POINTER_KIND, LR_POINTER_PRESSED);
        }
        return index == 0 ? read_field(input, port, POINTER_KIND, id) : 0;
    default:
        return 0;
    }
}

static void print_field(struct tk_text *text, const char *port, const char *name, const char *class, int32_t minimum,
                        int32_t maximum, unsigned mask) {
    tk_text_print(text, "%s{", text->size > 1 ? ", " : "");
    tk_text_member(text, "port", port);
    tk_text_print(text, ", ");
    tk_text_member(text, "field", name);
    tk_text_print(text, ", ");
    tk_text_member(text, "class", class);
    tk_text_print(text, ", \"mask\": %u, \"default\": 0, \"analog\": %s", mask, maximum == 0 ? "false" : "true");
    if (maximum != 0) {
        tk_text_print(text, ", \"minimum\": %d, \"maximum\": %d", minimum, maximum);
    }
    tk_text_print(text, "}");
}

void tk_input_print(struct tk_text *text) {
    tk_text_print(text, "[");
    for (size_t i = 0; i < KIND_COUNT; i++) {
        for (unsigned player = 0; player < TK_PLAYERS; player++) {
            char name[PORT_NAME];
            snprintf(name, sizeof name, ":%s%u", KINDS[i].name, player + 1);
            for (unsigned k = 0; k < KINDS[i].count; k++) {
                const struct field *field = &KINDS[i].fields[k];
                unsigned mask = field->maximum != 0 ? 0xffff : i == JOYPAD_KIND ? 1u << field->id : 1;
                print_field(text, name, field->name, "controller", field->minimum, field->maximum, mask);
            }
        }
    }
    for (char letter = '0'; letter <= 'z'; letter++) {
        if (letter <= '9' || letter >= 'a') {
            char name[2] = {letter >= 'a' ? (char)(letter - 32) : letter, 0};
            print_field(text, ":keyboard", name, "keyboard", 0, 0, 1);
        }
    }
    for (size_t i = 0; i < KEY_COUNT; i++) {
        print_field(text, ":keyboard", KEYS[i].name, "keyboard", 0, 0, 1);
    }
    tk_text_print(text, "]");
}
