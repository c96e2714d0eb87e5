#include "log.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const char *const NAMES[] = {"debug", "info", "warning", "error"};
enum { LEVELS = sizeof NAMES / sizeof *NAMES };

int tk_log_parse(const char *name) {
    for (int level = 0; level < LEVELS; level++) {
        if (strcmp(name, NAMES[level]) == 0) {
            return level;
        }
    }
    return -1;
}

void tk_log_write(const struct tk_log *log, int level, const char *source, const char *format, va_list arguments) {
    if (level < log->level) {
        return;
    }
    char line[4096];
    int known = level < 0 ? 0 : level >= LEVELS ? LEVELS - 1 : level;
    int start = snprintf(line, sizeof line, "%s %s: ", source, NAMES[known]);
    if (start < 0) {
        return;
    }
    size_t length = (size_t)start;
    int rest = vsnprintf(line + length, sizeof line - length - 1, format, arguments);
    if (rest > 0) {
        size_t room = sizeof line - length - 2;
        length += (size_t)rest < room ? (size_t)rest : room;
    }
    if (line[length - 1] != '\n') {
        line[length++] = '\n';
    }
    /* Where it goes may be full or gone; there is nobody to tell. */
    ssize_t written = write(STDERR_FILENO, line, length);
    (void)written;
}

void tk_log_print(const struct tk_log *log, int level, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    tk_log_write(log, level, "frontend", format, arguments);
    va_end(arguments);
}
