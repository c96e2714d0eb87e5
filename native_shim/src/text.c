#include "text.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool reserve(struct tk_text *text, size_t more) {
    if (text->failed) {
        return false;
    }
    if (text->capacity - text->size < more) {
        size_t capacity = (text->size + more) * 2 + 256;
        char *data = realloc(text->data, capacity);
        if (data == NULL) {
            text->failed = true;
            return false;
        }
        text->data = data;
        text->capacity = capacity;
    }
    return true;
}

void tk_text_add(struct tk_text *text, const char *data, size_t size) {
    if (size > 0 && reserve(text, size)) {
        memcpy(text->data + text->size, data, size);
        text->size += size;
    }
}

void tk_text_print(struct tk_text *text, const char *format, ...) {
    va_list arguments, again;
    va_start(arguments, format);
    va_copy(again, arguments);
    int size = vsnprintf(NULL, 0, format, arguments);
    if (size >= 0 && reserve(text, (size_t)size + 1)) {
        vsnprintf(text->data + text->size, (size_t)size + 1, format, again);
        text->size += (size_t)size;
    }
    va_end(again);
    va_end(arguments);
}

void tk_text_number(struct tk_text *text, double number) {
    char digits[64];
    snprintf(digits, sizeof digits, "%.17g", isfinite(number) ? number : 0.0);
    /* The core may have switched to a country where numbers have a comma. */
    char *comma = strchr(digits, ',');
    if (comma != NULL) {
        *comma = '.';
    }
    tk_text_add(text, digits, strlen(digits));
}

/* How many bytes the character at `at` has, or 0 if it is no UTF-8. A 0 ends the string, and is never passed. */
static size_t utf8_size(const unsigned char *at) {
    if (at[0] < 0x80) {
        return 1;
    }
    size_t size = at[0] >= 0xf0 ? 4 : at[0] >= 0xe0 ? 3 : 2;
    unsigned long code = at[0] & (0xffu >> (size + 1));
    if (at[0] < 0xc2 || at[0] > 0xf4) {
        return 0;
    }
    for (size_t i = 1; i < size; i++) {
        if ((at[i] & 0xc0) != 0x80) {
            return 0;
        }
        code = code << 6 | (at[i] & 0x3f);
    }
    bool good = (size != 3 || (code >= 0x800 && (code < 0xd800 || code > 0xdfff))) &&
                (size != 4 || (code >= 0x10000 && code < 0x110000));
    return good ? size : 0;
}

void tk_text_quote(struct tk_text *text, const char *string) {
    tk_text_add(text, "\"", 1);
    const unsigned char *at = (const unsigned char *)(string == NULL ? "" : string);
    while (*at != 0) {
        size_t size = utf8_size(at);
        if (size == 0) {
            tk_text_add(text, "\\ufffd", 6);
            at++;
        } else if (size == 1 && (*at < 0x20 || *at == '"' || *at == '\\')) {
            tk_text_print(text, "\\u%04x", *at++);
        } else {
            tk_text_add(text, (const char *)at, size);
            at += size;
        }
    }
    tk_text_add(text, "\"", 1);
}

void tk_text_member(struct tk_text *text, const char *key, const char *string) {
    tk_text_quote(text, key);
    tk_text_add(text, ": ", 2);
    tk_text_quote(text, string);
}

void tk_text_free(struct tk_text *text) {
    free(text->data);
    *text = (struct tk_text){0};
}
