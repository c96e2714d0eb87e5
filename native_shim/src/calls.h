/* The calls of docs/link.md, by name. */
#ifndef TK_CALLS_H
#define TK_CALLS_H

#include <stddef.h>

#include "error.h"
#include "text.h"

struct tk_frontend;
struct tk_journal;

/* Answers one CALL; its payload is overwritten. */
int tk_calls_answer(struct tk_frontend *frontend, char *payload, size_t size, struct tk_text *result,
                    struct tk_error *error);

/* The options that were set by calls, before the core starts; then the rest of the journal, when it has. */
int tk_calls_prepare(struct tk_frontend *frontend, const struct tk_journal *journal, struct tk_error *error);
int tk_calls_replay(struct tk_frontend *frontend, const struct tk_journal *journal, struct tk_error *error);

/* After tk_core_reload: what is plugged in, and the cheats, as the frontend's own journal has them. */
int tk_calls_repeat(struct tk_frontend *frontend, struct tk_error *error);

#endif
