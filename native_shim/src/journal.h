/* What was agreed with the parent: the calls that a machine which was switched off and on must be told again.
 *
 * A core cannot be trusted to be as new after it was unloaded: libraries may refuse to go, and their threads and static
 * variables stay. So `reset` runs this program anew in the same process, which reads the journal from a memfd. */
#ifndef TK_JOURNAL_H
#define TK_JOURNAL_H

#include <stddef.h>

#include "error.h"

#define TK_JOURNAL_VARIABLE "TOOLKIT_LIBRETRO_JOURNAL"

struct tk_journal_entry {
    char *text; /* The call as it came, with a 0 after it. */
    size_t size;
    const char *call; /* The name, from a table. */
};

struct tk_journal {
    struct tk_journal_entry *entries;
    size_t count;
};

/* Notes a call; with `once`, an earlier one of that name is forgotten, otherwise only one that is the same. TK_E_MEMORY. */
int tk_journal_add(struct tk_journal *journal, const char *call, const char *text, size_t size, int once,
                   struct tk_error *error);

/* Writes it to a memfd, names that in the environment, and returns it. TK_E_FILE. */
int tk_journal_hand_over(const struct tk_journal *journal, struct tk_error *error);

/* Lets the memfd survive the change to the program's successor. */
void tk_journal_keep_open(int descriptor);

/* Reads what was handed over; the names of the calls are missing. Returns 1, 0 if nothing was, TK_E_FILE, TK_E_MEMORY. */
int tk_journal_take_over(struct tk_journal *journal, struct tk_error *error);

void tk_journal_free(struct tk_journal *journal);

#endif
