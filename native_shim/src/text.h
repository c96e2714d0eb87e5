/* A text that grows; for JSON. */
#ifndef TK_TEXT_H
#define TK_TEXT_H

#include <stdbool.h>
#include <stddef.h>

struct tk_text {
    char *data;
    size_t size, capacity;
    bool failed; /* No memory was left; `data` is not complete. */
};

void tk_text_add(struct tk_text *text, const char *data, size_t size);
void tk_text_print(struct tk_text *text, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* A JSON number; 0 if it is not finite. */
void tk_text_number(struct tk_text *text, double number);

/* A JSON string; bytes that are no UTF-8 become U+FFFD. NULL becomes "". */
void tk_text_quote(struct tk_text *text, const char *string);

/* "key": "string" */
void tk_text_member(struct tk_text *text, const char *key, const char *string);

void tk_text_free(struct tk_text *text);

#endif
