#include "error.h"

#include <stdarg.h>
#include <stdio.h>

int tk_error_set(struct tk_error *error, int code, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    error->code = code;
    vsnprintf(error->message, sizeof error->message, format, arguments);
    va_end(arguments);
    return code;
}

const char *tk_error_name(int code) {
    switch (code) {
    case TK_E_ADDRESS:
        return "address";
    case TK_E_INPUT:
        return "input";
    case TK_E_SCREEN:
        return "screen";
    case TK_E_STATE:
        return "state";
    case TK_E_PROTOCOL:
        return "protocol";
    case TK_E_VERSION:
        return "version";
    case TK_E_CORE:
        return "core";
    case TK_E_OPTION:
        return "option";
    case TK_E_ROM:
        return "rom";
    case TK_E_FILE:
        return "file";
    case TK_E_MEMORY:
        return "memory";
    default:
        return "unknown";
    }
}
