/* The functions that the core calls. */
#ifndef TK_CALLBACKS_H
#define TK_CALLBACKS_H

#include "core.h"

struct tk_frontend;

/* The callbacks, which from now on are those of this frontend. */
struct tk_core_callbacks tk_callbacks_make(struct tk_frontend *frontend);

/* The function that cores log with. */
void tk_callbacks_log(int level, const char *format, ...);

#endif
