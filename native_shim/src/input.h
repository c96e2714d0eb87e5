/* What is held: joypads, sticks, mice, light guns, pointers and the keyboard. */
#ifndef TK_INPUT_H
#define TK_INPUT_H

#include <stdbool.h>
#include <stdint.h>

#include "error.h"
#include "lr_abi.h"
#include "text.h"

enum {
    TK_PLAYERS = 8,
    TK_JOYPAD_FIELDS = 17, /* The buttons, and all of them as a mask. */
    TK_ANALOG_FIELDS = 6, /* The sticks, and the triggers. */
    TK_MOUSE_FIELDS = 11,
    TK_LIGHTGUN_FIELDS = 14,
    TK_POINTER_FIELDS = 3,
    TK_PLAYER_FIELDS = TK_JOYPAD_FIELDS + TK_ANALOG_FIELDS + TK_MOUSE_FIELDS + TK_LIGHTGUN_FIELDS + TK_POINTER_FIELDS,
    TK_KEYS = 342, /* The codes, from 0. */
    TK_INPUTS = TK_PLAYERS * TK_PLAYER_FIELDS + TK_KEYS,
};

struct tk_input {
    int32_t values[TK_INPUTS]; /* The players' fields, one player after the other, then the keys by their codes. */
    bool bound[TK_INPUTS];
    bool keys[TK_KEYS];          /* What the core was told of the keyboard last. */
    uint16_t masks[TK_PLAYERS]; /* Of the joypads, from the values. */
    lr_keyboard_function on_key; /* NULL unless the core wants to be told. */
};

/* The index for STEP of a field, from 1. TK_E_INPUT. */
int tk_input_bind(struct tk_input *input, const char *port, const char *field, struct tk_error *error);

bool tk_input_is_bound(const struct tk_input *input, uint32_t index);

/* Lets everything go; then those that are held are set; then the core is told about keys. */
void tk_input_clear(struct tk_input *input);
void tk_input_set(struct tk_input *input, uint32_t index, int32_t value);
void tk_input_commit(struct tk_input *input);

/* Whether the core was told that a key is down. */
bool tk_input_has_keys(const struct tk_input *input);

/* What the core asks for. */
int16_t tk_input_read(const struct tk_input *input, unsigned port, unsigned device, unsigned index, unsigned id);

/* A JSON list for list_ports. */
void tk_input_print(struct tk_text *text);

#endif
