/* JSON: reading a text into a tree of values, and the values that calls take. */
#ifndef TK_JSON_H
#define TK_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "error.h"

enum tk_json_kind { TK_JSON_NULL, TK_JSON_FALSE, TK_JSON_TRUE, TK_JSON_NUMBER, TK_JSON_STRING, TK_JSON_LIST, TK_JSON_OBJECT };

struct tk_json {
    enum tk_json_kind kind;
    bool whole;        /* A number that is an integer from -2^63 to 2^63 - 1, in `integer`. */
    int64_t integer;
    const char *text;  /* A string, with a 0 after it; it may contain others. */
    size_t size;       /* Of `text`, or how many items a list or an object has. */
    const char *key;   /* Of a member of an object. */
    size_t key_size;
    struct tk_json *first, *next; /* The first item, and the one after this one. */
};

struct tk_json_block;

struct tk_json_document {
    struct tk_json *root;
    struct tk_json_block *blocks;
};

/* Reads `size` bytes of text, which is overwritten: the strings of the document lie in it, so it must last as long.
 * text[size] must be there, and is overwritten too. TK_E_PROTOCOL, TK_E_MEMORY. */
int tk_json_parse(struct tk_json_document *document, char *text, size_t size, struct tk_error *error);

void tk_json_free(struct tk_json_document *document);

/* The member of an object, or NULL; null counts as missing. */
const struct tk_json *tk_json_member(const struct tk_json *object, const char *key);

/* Members that a call must have. TK_E_PROTOCOL if they are missing or of another kind, or a text contains a 0. */
int tk_json_text(const struct tk_json *object, const char *key, const char **text, struct tk_error *error);
int tk_json_integer(const struct tk_json *object, const char *key, int64_t minimum, int64_t maximum, int64_t *number,
                    struct tk_error *error);
int tk_json_list(const struct tk_json *object, const char *key, const struct tk_json **list, struct tk_error *error);

/* Whether the member is there and true. */
bool tk_json_true(const struct tk_json *object, const char *key);

#endif
