/* The machine's memory: as regions, and as its processor addresses it. */
#ifndef TK_MEMORY_H
#define TK_MEMORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "console.h"
#include "core.h"
#include "error.h"
#include "text.h"

struct tk_memory {
    struct tk_core *core;
    struct lr_memory_descriptor *map; /* The core's own description; the first that fits an address counts. */
    size_t map_count;
    const struct tk_console *console; /* NULL if we do not know it. */
};

/* A device and one of its spaces. */
struct tk_place {
    int region; /* Of enum lr_memory, or TK_BUS. */
    bool raw;   /* Bytes as the core keeps them, not as the machine's processor sees them. */
};
#define TK_BUS (-1)

struct tk_watch {
    struct tk_place place;
    size_t address;
    unsigned size;
    bool has_sign;
    enum { TK_ORDER_NATIVE, TK_ORDER_LITTLE, TK_ORDER_BIG } order;
};

struct tk_area {
    struct tk_place place;
    size_t address, length;
};

/* Takes the core's own description, which is copied. */
void tk_memory_set_map(struct tk_memory *memory, const struct lr_memory_map *map);

/* When the game has been loaded: which console it is. */
void tk_memory_begin(struct tk_memory *memory, struct tk_core *core);

/* TK_E_ADDRESS */
int tk_memory_place(const struct tk_memory *memory, const char *device, const char *space, struct tk_place *place,
                    struct tk_error *error);

/* Copies from and to memory. TK_E_ADDRESS; then nothing was written. */
int tk_memory_read(const struct tk_memory *memory, const struct tk_area *area, uint8_t *to, struct tk_error *error);
int tk_memory_write(const struct tk_memory *memory, const struct tk_area *area, const uint8_t *from,
                    struct tk_error *error);

/* One watched value; an unsigned one of 64 bits as the signed one with the same bits. TK_E_ADDRESS. */
int tk_memory_watch(const struct tk_memory *memory, const struct tk_watch *watch, int64_t *value,
                    struct tk_error *error);

/* For the hello: JSON lists of the devices with their spaces and sizes, and of what lies where on the bus. */
void tk_memory_print_spaces(const struct tk_memory *memory, struct tk_text *text);
void tk_memory_print_map(const struct tk_memory *memory, struct tk_text *text);

void tk_memory_free(struct tk_memory *memory);

#endif
