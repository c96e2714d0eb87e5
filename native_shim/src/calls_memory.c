/* Calls that read and write memory, once or with every step. */
#include "calls_answers.h"

#include <stdlib.h>
#include <string.h>

#include "frontend.h"
#include "json.h"

enum { MAX_TRANSFER = 1 << 26 };

/* device, space and address */
static int read_place(const struct tk_frontend *frontend, const struct tk_json *object, struct tk_place *place,
                      size_t *address, struct tk_error *error) {
    const char *device, *space;
    int64_t number = 0;
    int result = tk_json_text(object, "device", &device, error);
    result = result < 0 ? result : tk_json_text(object, "space", &space, error);
    result = result < 0 ? result : tk_memory_place(&frontend->memory, device, space, place, error);
    if (result >= 0 && tk_json_integer(object, "address", 0, INT64_MAX, &number, error) < 0) {
        result = error->code = TK_E_ADDRESS;
    }
    *address = (size_t)number;
    return result;
}

static int read_area(const struct tk_frontend *frontend, const struct tk_json *object, struct tk_area *area,
                     struct tk_error *error) {
    int64_t length = 0;
    int result = read_place(frontend, object, &area->place, &area->address, error);
    result = result < 0 ? result : tk_json_integer(object, "length", 0, MAX_TRANSFER, &length, error);
    area->length = (size_t)length;
    return result;
}

int tk_calls_read_areas(const struct tk_frontend *frontend, const struct tk_json *call, struct tk_area **areas,
                        size_t *count, size_t *bytes, struct tk_error *error) {
    *areas = NULL;
    *count = *bytes = 0;
    const struct tk_json *list;
    if (tk_json_member(call, "memory") == NULL) {
        return TK_OK;
    }
    int result = tk_json_list(call, "memory", &list, error);
    if (result < 0) {
        return result;
    }
    struct tk_area *made = calloc(list->size + 1, sizeof *made);
    if (made == NULL) {
        return tk_error_set(error, TK_E_MEMORY, "no memory for %zu memory areas", list->size);
    }
    for (const struct tk_json *item = list->first; item != NULL && result >= 0; item = item->next) {
        result = read_area(frontend, item, &made[*count], error);
        *bytes += made[(*count)++].length;
    }
    if (result >= 0 && *bytes > frontend->link.memory_capacity) {
        result = tk_error_set(error, TK_E_ADDRESS, "%zu bytes of memory do not fit the %u bytes that there are for them", *bytes,
                              frontend->link.memory_capacity);
    }
    /* Whether all of it is there shows in reading it once. */
    for (size_t i = 0; i < *count && result >= 0; i++) {
        uint8_t *bytes_of = malloc(made[i].length + 1);
        result = bytes_of == NULL ? tk_error_set(error, TK_E_MEMORY, "no memory for a memory area")
                                  : tk_memory_read(&frontend->memory, &made[i], bytes_of, error);
        free(bytes_of);
    }
    if (result < 0) {
        free(made);
        return result;
    }
    *areas = made;
    return TK_OK;
}

int tk_calls_follow(struct tk_frontend *frontend, const struct tk_json *call, struct tk_text *text,
                    struct tk_error *error) {
    tk_text_print(text, "true");
    return tk_follow_configure(&frontend->follow, &frontend->memory, call, error);
}

static int read_watch(const struct tk_frontend *frontend, const struct tk_json *item, struct tk_watch *watch,
                      struct tk_error *error) {
    int64_t size = 0, unused;
    const char *order;
    int result = read_place(frontend, item, &watch->place, &watch->address, error);
    result = result < 0 ? result : tk_json_integer(item, "size", 1, 8, &size, error);
    result = result < 0 ? result : tk_json_text(item, "order", &order, error);
    if (result < 0) {
        return result;
    }
    watch->size = (unsigned)size;
    watch->has_sign = tk_json_true(item, "signed");
    watch->order = strcmp(order, "little") == 0 ? TK_ORDER_LITTLE : strcmp(order, "big") == 0 ? TK_ORDER_BIG : TK_ORDER_NATIVE;
    if ((size & (size - 1)) != 0 || (watch->order == TK_ORDER_NATIVE && strcmp(order, "native") != 0)) {
        return tk_error_set(error, TK_E_PROTOCOL, "expected a size of 1, 2, 4 or 8 and the order native, little or big");
    }
    return tk_memory_watch(&frontend->memory, watch, &unused, error);
}

int tk_calls_watch(struct tk_frontend *frontend, const struct tk_json *call, struct tk_text *text,
                   struct tk_error *error) {
    const struct tk_json *list;
    int result = tk_json_list(call, "watches", &list, error);
    if (result >= 0 && list->size > frontend->link.value_capacity) {
        result = tk_error_set(error, TK_E_PROTOCOL, "%zu values do not fit; there is room for %u", list->size,
                              frontend->link.value_capacity);
    }
    if (result < 0) {
        return result;
    }
    struct tk_watch *watches = calloc(list->size + 1, sizeof *watches);
    if (watches == NULL) {
        return tk_error_set(error, TK_E_MEMORY, "no memory for %zu values", list->size);
    }
    size_t count = 0;
    for (const struct tk_json *item = list->first; item != NULL && result >= 0; item = item->next) {
        result = read_watch(frontend, item, &watches[count++], error);
    }
    if (result < 0) {
        free(watches);
        return result;
    }
    free(frontend->watches);
    frontend->watches = watches;
    frontend->watch_count = count;
    tk_text_print(text, "true");
    return TK_OK;
}

int tk_calls_read_memory(struct tk_frontend *frontend, const struct tk_json *call, struct tk_text *text,
                         struct tk_error *error) {
    static const char DIGITS[] = "0123456789abcdef";
    struct tk_area area;
    int result = read_area(frontend, call, &area, error);
    if (result < 0) {
        return result;
    }
    uint8_t *bytes = malloc(area.length + 1);
    char *hex = malloc(2 * area.length + 2);
    if (bytes == NULL || hex == NULL) {
        result = tk_error_set(error, TK_E_MEMORY, "no memory for %zu bytes", area.length);
    } else {
        result = tk_memory_read(&frontend->memory, &area, bytes, error);
    }
    if (result >= 0) {
        char *at = hex;
        *at++ = '"';
        for (size_t i = 0; i < area.length; i++) {
            *at++ = DIGITS[bytes[i] >> 4];
            *at++ = DIGITS[bytes[i] & 15];
        }
        *at++ = '"';
        tk_text_add(text, hex, (size_t)(at - hex));
    }
    free(bytes);
    free(hex);
    return result;
}

static int hex_value(char letter) {
    return letter >= '0' && letter <= '9'   ? letter - '0'
           : letter >= 'a' && letter <= 'f' ? letter - 'a' + 10
           : letter >= 'A' && letter <= 'F' ? letter - 'A' + 10
                                            : -1;
}

int tk_calls_write_memory(struct tk_frontend *frontend, const struct tk_json *call, struct tk_text *text,
                          struct tk_error *error) {
    struct tk_area area;
    const char *hex;
    int result = read_place(frontend, call, &area.place, &area.address, error);
    result = result < 0 ? result : tk_json_text(call, "data", &hex, error);
    if (result < 0) {
        return result;
    }
    size_t digits = strlen(hex);
    area.length = digits / 2;
    uint8_t *bytes = malloc(area.length + 1);
    if (bytes == NULL) {
        return tk_error_set(error, TK_E_MEMORY, "no memory for %zu bytes", area.length);
    }
    bool good = digits % 2 == 0 && area.length <= MAX_TRANSFER;
    for (size_t i = 0; good && i < area.length; i++) {
        int high = hex_value(hex[2 * i]), low = hex_value(hex[2 * i + 1]);
        good = high >= 0 && low >= 0;
        bytes[i] = (uint8_t)(high * 16 + low);
    }
    result = good ? tk_memory_write(&frontend->memory, &area, bytes, error)
                  : tk_error_set(error, TK_E_PROTOCOL, "expected data in hexadecimal, at most %d bytes", MAX_TRANSFER);
    free(bytes);
    tk_text_print(text, "true");
    return result;
}
