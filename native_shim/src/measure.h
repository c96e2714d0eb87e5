/* How fast a core is by itself: what everything that is built around it is compared with. */
#ifndef TK_MEASURE_H
#define TK_MEASURE_H

#include <stdint.h>

#include "error.h"
#include "frontend.h"

/* Runs `frames` frames of a core that was started, from `state` (a file, or NULL) on: every frame is drawn, and what it
 * gives is thrown away. Prints the seconds on stdout. TK_E_STATE, TK_E_FILE. */
int tk_measure(struct tk_frontend *frontend, uint32_t frames, const char *state, struct tk_error *error);

#endif
