#include "options.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_OPTIONS = 4096 };

static void free_option(struct tk_option *option) {
    for (size_t i = 0; i < option->count; i++) {
        free(option->values[i]);
    }
    free(option->values);
    free(option->key);
    free(option->description);
}

static void free_list(struct tk_option *list, size_t count) {
    for (size_t i = 0; i < count; i++) {
        free_option(&list[i]);
    }
    free(list);
}

static bool add_value(struct tk_option *option, const char *value, size_t size) {
    char **values = realloc(option->values, (option->count + 1) * sizeof *values);
    if (values == NULL) {
        return false;
    }
    option->values = values;
    values[option->count] = strndup(value, size);
    return values[option->count] != NULL && ++option->count > 0;
}

static struct tk_option *find(const struct tk_options *options, const char *key) {
    for (size_t i = 0; i < options->count; i++) {
        if (strcmp(options->list[i].key, key) == 0) {
            return &options->list[i];
        }
    }
    return NULL;
}

/* The number of a value, or the count if there is none. */
static size_t find_value(const struct tk_option *option, const char *value) {
    size_t i = 0;
    while (i < option->count && strcmp(option->values[i], value) != 0) {
        i++;
    }
    return i;
}

static const char *overridden(const struct tk_options *options, const char *key) {
    for (size_t i = 0; i < options->override_count; i++) {
        if (strcmp(options->overrides[i].key, key) == 0) {
            return options->overrides[i].value;
        }
    }
    return NULL;
}

/* Puts a new list in the place of the old one, but keeps the values that were set. */
static void replace(struct tk_options *options, struct tk_option *list, size_t count) {
    for (size_t i = 0; i < count; i++) {
        struct tk_option *option = &list[i], *old = find(options, option->key);
        const char *wanted = old != NULL && old->count > 0 ? old->values[old->value] : overridden(options, option->key);
        size_t value = wanted == NULL ? option->count : find_value(option, wanted);
        option->value = value < option->count ? value : option->standard;
    }
    free_list(options->list, options->count);
    options->list = list;
    options->count = count;
    options->changed = true;
}

/* "What it is; value|value|value", of which the first is the default. */
static void fill_variable(struct tk_option *option, const void *entry) {
    const struct lr_variable *variable = entry;
    const char *text = variable->value == NULL ? "" : variable->value;
    const char *semicolon = strchr(text, ';');
    option->key = strdup(variable->key);
    option->description = strndup(text, semicolon == NULL ? strlen(text) : (size_t)(semicolon - text));
    const char *at = semicolon == NULL ? "" : semicolon + 1;
    at += strspn(at, " ");
    while (*at != 0) {
        size_t size = strcspn(at, "|");
        add_value(option, at, size);
        at += size;
        at += *at == '|';
    }
}

static void fill(struct tk_option *option, const char *key, const char *description,
                 const struct lr_option_value *values, const char *standard) {
    option->key = strdup(key);
    option->description = strdup(description == NULL ? "" : description);
    for (size_t i = 0; i < LR_OPTION_VALUES && values[i].value != NULL; i++) {
        add_value(option, values[i].value, strlen(values[i].value));
    }
    size_t found = standard == NULL ? 0 : find_value(option, standard);
    option->standard = found < option->count ? found : 0;
}

static void fill_v1(struct tk_option *option, const void *entry) {
    const struct lr_option *from = entry;
    fill(option, from->key, from->description, from->values, from->default_value);
}

static void fill_v2(struct tk_option *option, const void *entry) {
    const struct lr_option_v2 *from = entry;
    fill(option, from->key, from->description, from->values, from->default_value);
}

/* A core's list: entries of `size` bytes, each of which begins with its key; the last has none. */
static void declare(struct tk_options *options, const void *list, size_t size,
                    void (*fill_from)(struct tk_option *option, const void *entry)) {
    const char *entries = list;
    size_t count = 0;
    while (entries != NULL && count < MAX_OPTIONS && *(const char *const *)(const void *)(entries + count * size) != NULL) {
        count++;
    }
    struct tk_option *made = calloc(count + 1, sizeof *made);
    if (made == NULL) {
        return;
    }
    for (size_t i = 0; i < count; i++) {
        fill_from(&made[i], entries + i * size);
    }
    replace(options, made, count);
}

void tk_options_declare_variables(struct tk_options *options, const struct lr_variable *list) {
    declare(options, list, sizeof *list, fill_variable);
}

void tk_options_declare(struct tk_options *options, const struct lr_option *list) {
    declare(options, list, sizeof *list, fill_v1);
}

void tk_options_declare_v2(struct tk_options *options, const struct lr_options_v2 *declared) {
    declare(options, declared == NULL ? NULL : declared->options, sizeof *declared->options, fill_v2);
}

const char *tk_options_get(const struct tk_options *options, const char *key) {
    const struct tk_option *option = find(options, key);
    if (option == NULL || option->count == 0) {
        return NULL;
    }
    if (options->silent && option->value == option->standard && overridden(options, key) == NULL) {
        return NULL;
    }
    return option->values[option->value];
}

int tk_options_override(struct tk_options *options, const char *key, const char *value, struct tk_error *error) {
    char *copy = strdup(value);
    for (size_t i = 0; copy != NULL && i < options->override_count; i++) {
        if (strcmp(options->overrides[i].key, key) == 0) {
            free(options->overrides[i].value);
            options->overrides[i].value = copy;
            return TK_OK;
        }
    }
    struct tk_override *list = realloc(options->overrides, (options->override_count + 1) * sizeof *list);
    char *name = strdup(key);
    if (list != NULL) {
        options->overrides = list;
    }
    if (copy == NULL || list == NULL || name == NULL) {
        free(copy);
        free(name);
        return tk_error_set(error, TK_E_MEMORY, "no memory for options");
    }
    list[options->override_count++] = (struct tk_override){name, copy};
    return TK_OK;
}

static int refuse_key(const struct tk_options *options, const char *key, struct tk_error *error) {
    struct tk_text known = {0};
    for (size_t i = 0; i < options->count; i++) {
        tk_text_print(&known, "%s%s", i == 0 ? "" : ", ", options->list[i].key);
    }
    tk_error_set(error, TK_E_OPTION, "the core has no option '%s'; %s%.*s", key, options->count == 0 ? "it has none" : "it has ",
                 (int)known.size, known.data == NULL ? "" : known.data);
    tk_text_free(&known);
    return TK_E_OPTION;
}

static int refuse_value(const struct tk_option *option, const char *value, struct tk_error *error) {
    struct tk_text known = {0};
    for (size_t i = 0; i < option->count; i++) {
        tk_text_print(&known, "%s%s", i == 0 ? "" : ", ", option->values[i]);
    }
    tk_error_set(error, TK_E_OPTION, "the option '%s' cannot be '%s'; it takes %.*s", option->key, value, (int)known.size,
                 known.data == NULL ? "" : known.data);
    tk_text_free(&known);
    return TK_E_OPTION;
}

int tk_options_set(struct tk_options *options, const char *key, const char *value, struct tk_error *error) {
    struct tk_option *option = find(options, key);
    if (option == NULL) {
        return refuse_key(options, key, error);
    }
    size_t number = find_value(option, value);
    if (number == option->count) {
        return refuse_value(option, value, error);
    }
    options->changed = options->changed || number != option->value;
    option->value = number;
    return TK_OK;
}

int tk_options_check(const struct tk_options *options, bool known, struct tk_error *error) {
    for (size_t i = 0; i < options->override_count; i++) {
        const struct tk_override *override = &options->overrides[i];
        const struct tk_option *option = find(options, override->key);
        if (option == NULL && !known) {
            return refuse_key(options, override->key, error);
        }
        if (option != NULL && find_value(option, override->value) == option->count) {
            return refuse_value(option, override->value, error);
        }
    }
    return TK_OK;
}

void tk_options_print(const struct tk_options *options, struct tk_text *text) {
    tk_text_print(text, "[");
    for (size_t i = 0; i < options->count; i++) {
        const struct tk_option *option = &options->list[i];
        tk_text_print(text, "%s{", i == 0 ? "" : ", ");
        tk_text_member(text, "key", option->key);
        tk_text_print(text, ", ");
        tk_text_member(text, "description", option->description);
        tk_text_print(text, ", ");
        tk_text_member(text, "value", option->count == 0 ? "" : option->values[option->value]);
        tk_text_print(text, ", ");
        tk_text_member(text, "default", option->count == 0 ? "" : option->values[option->standard]);
        tk_text_print(text, ", \"values\": [");
        for (size_t k = 0; k < option->count; k++) {
            tk_text_print(text, "%s", k == 0 ? "" : ", ");
            tk_text_quote(text, option->values[k]);
        }
        tk_text_print(text, "]}");
    }
    tk_text_print(text, "]");
}

void tk_options_free(struct tk_options *options) {
    free_list(options->list, options->count);
    for (size_t i = 0; i < options->override_count; i++) {
        free(options->overrides[i].key);
        free(options->overrides[i].value);
    }
    free(options->overrides);
    *options = (struct tk_options){0};
}
