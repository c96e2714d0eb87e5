/* Messages on stderr, one write each, so that those of several threads do not mix. */
#ifndef TK_LOG_H
#define TK_LOG_H

#include <stdarg.h>

struct tk_log {
    int level; /* Of enum lr_log_level; what is below it is dropped. Not changed once a core is loaded. */
};

/* The level of a name such as "warning", or -1. */
int tk_log_parse(const char *name);

void tk_log_write(const struct tk_log *log, int level, const char *source, const char *format, va_list arguments);

void tk_log_print(const struct tk_log *log, int level, const char *format, ...) __attribute__((format(printf, 3, 4)));

#endif
