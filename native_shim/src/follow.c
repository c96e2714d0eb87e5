#include "follow.h"

#include <stdlib.h>
#include <string.h>

/* A question about a number, or with `group` whether any or all of its parts hold. */
struct tk_condition {
    bool group, every;
    struct tk_condition *first, *next;
    size_t number;
    bool delta;
    int (*holds)(int64_t value, int64_t reference);
    int64_t reference;
};

/* The operators of scenario.json; a number that is positive counts as yes. */
#define OPERATORS(DO)                                                                                                  \
    DO(value, value > 0)                                                                                               \
    DO(equal, value == reference)                                                                                      \
    DO(negative_equal, (uint64_t)value == -(uint64_t)reference)                                                        \
    DO(not_equal, value != reference)                                                                                  \
    DO(less_than, value < reference)                                                                                   \
    DO(greater_than, value > reference)                                                                                \
    DO(less_or_equal, value <= reference)                                                                              \
    DO(greater_or_equal, value >= reference)                                                                           \
    DO(nonzero, value != 0)                                                                                            \
    DO(zero, value == 0)                                                                                               \
    DO(positive, value > 0)                                                                                            \
    DO(negative, value < 0)                                                                                            \
    DO(sign, value > 0)
#define DEFINE(name, expression)                                                                                       \
    static int is_##name(int64_t value, int64_t reference) {                                                           \
        (void)value, (void)reference;                                                                                  \
        return expression;                                                                                             \
    }
OPERATORS(DEFINE)
#define ENTRY(name, expression) {#name, is_##name},
static const struct {
    const char *name;
    int (*holds)(int64_t value, int64_t reference);
} TABLE[] = {OPERATORS(ENTRY)};

static void free_condition(struct tk_condition *condition) {
    while (condition != NULL) {
        struct tk_condition *next = condition->next;
        free_condition(condition->first);
        free(condition);
        condition = next;
    }
}

static int read_test(const struct tk_json *item, size_t count, struct tk_condition *made, struct tk_error *error) {
    int64_t number, reference;
    const char *name;
    int result = tk_json_integer(item, "number", 0, (int64_t)count - 1, &number, error);
    result = result < 0 ? result : tk_json_integer(item, "reference", INT64_MIN, INT64_MAX, &reference, error);
    result = result < 0 ? result : tk_json_text(item, "op", &name, error);
    if (result < 0) {
        return result;
    }
    made->number = (size_t)number;
    made->reference = reference;
    made->delta = tk_json_true(item, "delta");
    for (size_t i = 0; i < sizeof TABLE / sizeof *TABLE; i++) {
        if (strcmp(TABLE[i].name, name) == 0) {
            made->holds = TABLE[i].holds;
            return TK_OK;
        }
    }
    return tk_error_set(error, TK_E_PROTOCOL, "there is no operator '%s'", name);
}

/* It can be nested as deeply as JSON can be read. */
static int read_condition(const struct tk_json *item, size_t count, struct tk_condition **made, struct tk_error *error) {
    struct tk_condition *condition = calloc(1, sizeof *condition);
    if (condition == NULL) {
        return tk_error_set(error, TK_E_MEMORY, "no memory for a condition");
    }
    *made = condition;
    if (tk_json_member(item, "parts") == NULL) {
        return read_test(item, count, condition, error);
    }
    const struct tk_json *list;
    int result = tk_json_list(item, "parts", &list, error);
    condition->group = true;
    condition->every = tk_json_true(item, "every");
    struct tk_condition **end = &condition->first;
    for (const struct tk_json *part = result < 0 ? NULL : list->first; part != NULL && result >= 0; part = part->next) {
        result = read_condition(part, count, end, error);
        if (*end != NULL) {
            end = &(*end)->next;
        }
    }
    return result;
}

static int read_number(const struct tk_memory *memory, const struct tk_json *item, struct tk_number *number,
                       struct tk_error *error) {
    const char *device, *space, *kind;
    const struct tk_json *list;
    int result = tk_json_text(item, "device", &device, error);
    result = result < 0 ? result : tk_json_text(item, "space", &space, error);
    result = result < 0 ? result : tk_json_text(item, "kind", &kind, error);
    result = result < 0 ? result : tk_json_list(item, "addresses", &list, error);
    result = result < 0 ? result : tk_memory_place(memory, device, space, &number->place, error);
    if (result < 0) {
        return result;
    }
    if (strlen(kind) != 1 || strchr("uidn", kind[0]) == NULL || list->size < 1 || list->size > TK_NUMBER_BYTES) {
        return tk_error_set(error, TK_E_PROTOCOL, "expected a number of 1 to 8 bytes and the kind u, i, d or n");
    }
    number->kind = kind[0];
    for (const struct tk_json *address = list->first; address != NULL; address = address->next) {
        uint8_t byte;
        if (!address->whole || address->integer < 0) {
            return tk_error_set(error, TK_E_ADDRESS, "expected addresses from 0 on");
        }
        struct tk_area area = {number->place, (size_t)address->integer, 1};
        if (tk_memory_read(memory, &area, &byte, error) < 0) {
            return error->code;
        }
        number->addresses[number->width++] = area.address;
    }
    int64_t mask = 0;
    number->masked = tk_json_member(item, "mask") != NULL;
    result = number->masked ? tk_json_integer(item, "mask", INT64_MIN, INT64_MAX, &mask, error) : TK_OK;
    number->mask = (uint64_t)mask;
    return result;
}

int tk_follow_configure(struct tk_follow *follow, const struct tk_memory *memory, const struct tk_json *call,
                        struct tk_error *error) {
    const struct tk_json *list, *until = tk_json_member(call, "until");
    int result = tk_json_list(call, "numbers", &list, error);
    if (result < 0) {
        return result;
    }
    struct tk_follow made = {.numbers = calloc(list->size + 1, sizeof *made.numbers),
                             .before = calloc(list->size + 1, sizeof *made.before),
                             .count = list->size,
                             .fresh = true};
    if (made.numbers == NULL || made.before == NULL) {
        result = tk_error_set(error, TK_E_MEMORY, "no memory for %zu numbers", list->size);
    }
    struct tk_number *number = made.numbers;
    for (const struct tk_json *item = list->first; item != NULL && result >= 0; item = item->next) {
        result = read_number(memory, item, number++, error);
    }
    if (result >= 0 && until != NULL) {
        result = read_condition(until, made.count, &made.until, error);
    }
    if (result < 0) {
        tk_follow_free(&made);
        return result;
    }
    tk_follow_free(follow);
    *follow = made;
    return TK_OK;
}

static int64_t decode(const struct tk_number *number, const uint8_t *bytes) {
    uint64_t value = 0;
    for (unsigned i = number->width; i-- > 0;) {
        unsigned low = (bytes[i] & 15u) % 10, high = (bytes[i] >> 4u) % 10;
        value = number->kind == 'd' ? value * 100 + high * 10 + low
                : number->kind == 'n' ? value * 10 + low
                                      : value << 8 | bytes[i];
    }
    if (number->kind == 'i') {
        unsigned unused = 64 - 8 * number->width;
        value = (uint64_t)((int64_t)(value << unused) >> unused);
    }
    return (int64_t)(number->masked ? value & number->mask : value);
}

static bool holds(const struct tk_follow *follow, const struct tk_condition *condition, const int64_t *values) {
    if (!condition->group) {
        int64_t value = values[condition->number];
        if (condition->delta) {
            value = follow->fresh ? 0 : (int64_t)((uint64_t)value - (uint64_t)follow->before[condition->number]);
        }
        return condition->holds(value, condition->reference) != 0;
    }
    for (const struct tk_condition *part = condition->first; part != NULL; part = part->next) {
        if (holds(follow, part, values) != condition->every) {
            return !condition->every;
        }
    }
    return condition->every;
}

int tk_follow_frame(struct tk_follow *follow, const struct tk_memory *memory, int64_t *values, bool *over,
                    struct tk_error *error) {
    for (size_t i = 0; i < follow->count; i++) {
        const struct tk_number *number = &follow->numbers[i];
        uint8_t bytes[TK_NUMBER_BYTES];
        for (unsigned k = 0; k < number->width; k++) {
            struct tk_area area = {number->place, number->addresses[k], 1};
            int result = tk_memory_read(memory, &area, &bytes[k], error);
            if (result < 0) {
                return result;
            }
        }
        values[i] = decode(number, bytes);
    }
    *over = follow->until != NULL && holds(follow, follow->until, values);
    memcpy(follow->before, values, follow->count * sizeof *values);
    follow->fresh = false;
    return TK_OK;
}

void tk_follow_forget(struct tk_follow *follow) {
    follow->fresh = true;
}

void tk_follow_free(struct tk_follow *follow) {
    free(follow->numbers);
    free(follow->before);
    free_condition(follow->until);
    *follow = (struct tk_follow){0};
}
