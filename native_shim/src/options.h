/* A core's options: what it declares, what was overridden, and what it is told. */
#ifndef TK_OPTIONS_H
#define TK_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

#include "error.h"
#include "lr_abi.h"
#include "text.h"

struct tk_option {
    char *key, *description;
    char **values;
    size_t count;
    size_t standard; /* Which of the values is the default. */
    size_t value;
};

struct tk_override {
    char *key, *value;
};

struct tk_options {
    struct tk_option *list;
    size_t count;
    struct tk_override *overrides;
    size_t override_count;
    bool changed; /* Since the core asked last. */
    bool silent;  /* What nobody has chosen is not answered: the core then goes by what it has built in. */
};

/* Remembers a value for an option that the core has yet to declare; a later one for the same key wins. TK_E_MEMORY. */
int tk_options_override(struct tk_options *options, const char *key, const char *value, struct tk_error *error);

/* What the core declares, in the four ways that there are. Values that were set already stay. */
void tk_options_declare_variables(struct tk_options *options, const struct lr_variable *list);
void tk_options_declare(struct tk_options *options, const struct lr_option *list);
void tk_options_declare_v2(struct tk_options *options, const struct lr_options_v2 *list);

/* The value of an option, or NULL if the core never declared it, or is not to be told. */
const char *tk_options_get(const struct tk_options *options, const char *key);

/* TK_E_OPTION, with what there is instead. */
int tk_options_set(struct tk_options *options, const char *key, const char *value, struct tk_error *error);

/* Whether every override is one of what was declared; with `known`, looks only at those whose keys were. TK_E_OPTION. */
int tk_options_check(const struct tk_options *options, bool known, struct tk_error *error);

/* A JSON list of all of them. */
void tk_options_print(const struct tk_options *options, struct tk_text *text);

void tk_options_free(struct tk_options *options);

#endif
