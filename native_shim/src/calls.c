#include "calls.h"

#include <stdlib.h>
#include <string.h>

#include "calls_answers.h"
#include "frontend.h"
#include "json.h"

/* Whether a machine that is switched off and on must be told again: not at all, the last one, or all of them. */
enum noting { FORGET, LAST, ALL };

static const struct {
    const char *name;
    tk_answer *answer;
    enum noting noting;
} CALLS[] = {
    {"configure", tk_calls_configure, LAST},
    {"watch", tk_calls_watch, LAST},
    {"slab", tk_calls_slab, LAST},
    {"follow", tk_calls_follow, LAST},
    {"list_ports", tk_calls_list_ports, FORGET},
    {"bind", tk_calls_bind, ALL},
    {"set_controller", tk_calls_set_controller, ALL},
    {"list_options", tk_calls_list_options, FORGET},
    {"set_option", tk_calls_set_option, ALL},
    {"set_cheats", tk_calls_set_cheats, LAST},
    {"press_reset", tk_calls_press_reset, FORGET},
    {"take_audio", tk_calls_take_audio, FORGET},
    {"aspect", tk_calls_aspect, FORGET},
    {"screenshot", tk_calls_screenshot, FORGET},
    {"save_state", tk_calls_save_state, FORGET},
    {"load_state", tk_calls_load_state, FORGET},
    {"read_memory", tk_calls_read_memory, FORGET},
    {"write_memory", tk_calls_write_memory, FORGET},
    {"reset", tk_calls_reset, FORGET},
    {"quit", tk_calls_quit, FORGET},
};
enum { CALL_COUNT = sizeof CALLS / sizeof *CALLS };

static int dispatch(struct tk_frontend *frontend, const struct tk_json *call, size_t *number, struct tk_text *text,
                    struct tk_error *error) {
    const char *name;
    int result = tk_json_text(call, "call", &name, error);
    if (result < 0) {
        return result;
    }
    for (size_t i = 0; i < CALL_COUNT; i++) {
        if (strcmp(CALLS[i].name, name) == 0) {
            *number = i;
            return CALLS[i].answer(frontend, call, text, error);
        }
    }
    return tk_error_set(error, TK_E_PROTOCOL, "there is no call '%s'", name);
}

int tk_calls_answer(struct tk_frontend *frontend, char *payload, size_t size, struct tk_text *text,
                    struct tk_error *error) {
    struct tk_json_document document;
    char *copy = malloc(size + 1); /* For the journal: reading it overwrites the payload. */
    if (copy == NULL) {
        return tk_error_set(error, TK_E_MEMORY, "no memory for a call of %zu bytes", size);
    }
    memcpy(copy, payload, size);
    int result = tk_json_parse(&document, payload, size, error);
    if (result >= 0) {
        size_t number = 0;
        result = dispatch(frontend, document.root, &number, text, error);
        if (result >= 0 && CALLS[number].noting != FORGET) {
            result = tk_journal_add(&frontend->journal, CALLS[number].name, copy, size, CALLS[number].noting == LAST, error);
        }
        tk_json_free(&document);
    }
    free(copy);
    return result;
}

/* Parses a call of the journal, which stays as it is. Where it is parsed, `*copy` and `document` are the caller's to free. */
static int parse_entry(const struct tk_journal_entry *entry, char **copy, struct tk_json_document *document,
                       struct tk_error *error) {
    *copy = malloc(entry->size + 1);
    if (*copy == NULL) {
        return tk_error_set(error, TK_E_MEMORY, "no memory for the journal");
    }
    memcpy(*copy, entry->text, entry->size + 1);
    int result = tk_json_parse(document, *copy, entry->size, error);
    if (result < 0) {
        free(*copy);
    }
    return result;
}

int tk_calls_prepare(struct tk_frontend *frontend, const struct tk_journal *journal, struct tk_error *error) {
    int result = TK_OK;
    for (size_t i = 0; i < journal->count && result >= 0; i++) {
        struct tk_json_document document;
        char *copy;
        const char *name, *key, *value;
        result = parse_entry(&journal->entries[i], &copy, &document, error);
        if (result >= 0) {
            result = tk_json_text(document.root, "call", &name, error);
            if (result >= 0 && strcmp(name, "set_option") == 0 && tk_json_text(document.root, "key", &key, error) >= 0 &&
                tk_json_text(document.root, "value", &value, error) >= 0) {
                result = tk_options_override(&frontend->options, key, value, error);
            }
            tk_json_free(&document);
            free(copy);
        }
    }
    return result;
}

int tk_calls_repeat(struct tk_frontend *frontend, struct tk_error *error) {
    int result = TK_OK;
    for (size_t i = 0; i < frontend->journal.count && result >= 0; i++) {
        const struct tk_journal_entry *entry = &frontend->journal.entries[i];
        if (strcmp(entry->call, "set_controller") != 0 && strcmp(entry->call, "set_cheats") != 0) {
            continue;
        }
        struct tk_json_document document;
        struct tk_text text = {0};
        char *copy;
        size_t number;
        result = parse_entry(entry, &copy, &document, error);
        if (result >= 0) {
            result = dispatch(frontend, document.root, &number, &text, error);
            tk_json_free(&document);
            free(copy);
        }
        tk_text_free(&text);
    }
    return result;
}

int tk_calls_replay(struct tk_frontend *frontend, const struct tk_journal *journal, struct tk_error *error) {
    int result = TK_OK;
    for (size_t i = 0; i < journal->count && result >= 0; i++) {
        struct tk_text text = {0};
        result = tk_calls_answer(frontend, journal->entries[i].text, journal->entries[i].size, &text, error);
        tk_text_free(&text);
    }
    return result;
}
