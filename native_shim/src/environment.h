/* What the core asks of its frontend, and tells it. */
#ifndef TK_ENVIRONMENT_H
#define TK_ENVIRONMENT_H

#include <stdbool.h>

struct tk_frontend;

/* Answers one environment command; false: there is no such thing here. */
bool tk_environment_answer(struct tk_frontend *frontend, unsigned command, void *data);

#endif
