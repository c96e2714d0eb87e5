/* Where well-known cores' consoles have the memory that cores show as regions. */
#ifndef TK_CONSOLE_H
#define TK_CONSOLE_H

#include <stdbool.h>
#include <stddef.h>

#define TK_CONSOLE_RANGES 6

struct tk_range {
    size_t start, length; /* Addresses; where the region is smaller it is repeated. Length 0 ends a list. */
    int region;           /* Of enum lr_memory. */
};

struct tk_console {
    const char *cores;          /* Names of libraries, with commas between them. */
    size_t least, most;         /* How large the work RAM is, which tells the consoles of one core apart. */
    bool big_endian;
    bool swapped;               /* The two bytes of each 16-bit word of work RAM lie the other way round. */
    struct tk_range ranges[TK_CONSOLE_RANGES];
};

/* The console of a core with so much work RAM, or NULL if we do not know it. */
const struct tk_console *tk_console_find(const char *core, size_t ram_size);

#endif
