/* Calls about the machine itself: what is plugged in, its options, its switches. */
#include "calls_answers.h"

#include <string.h>

#include "frontend.h"
#include "json.h"

enum { MAX_DEVICE = 1 << 30 };

int tk_calls_list_ports(struct tk_frontend *frontend, const struct tk_json *call, struct tk_text *text,
                        struct tk_error *error) {
    (void)frontend, (void)call, (void)error;
    tk_input_print(text);
    return TK_OK;
}

int tk_calls_bind(struct tk_frontend *frontend, const struct tk_json *call, struct tk_text *text,
                  struct tk_error *error) {
    const char *port, *field;
    int result = tk_json_text(call, "port", &port, error);
    result = result < 0 ? result : tk_json_text(call, "field", &field, error);
    result = result < 0 ? result : tk_input_bind(&frontend->input, port, field, error);
    tk_text_print(text, "%d", result);
    return result;
}

int tk_calls_set_controller(struct tk_frontend *frontend, const struct tk_json *call, struct tk_text *text,
                            struct tk_error *error) {
    int64_t player, device;
    int result = tk_json_integer(call, "player", 1, TK_PLAYERS, &player, error);
    result = result < 0 ? result : tk_json_integer(call, "device", 0, MAX_DEVICE, &device, error);
    if (result < 0) {
        return error->code = TK_E_INPUT;
    }
    frontend->core.call.set_controller_port_device((unsigned)player - 1, (unsigned)device);
    tk_text_print(text, "true");
    return TK_OK;
}

int tk_calls_list_options(struct tk_frontend *frontend, const struct tk_json *call, struct tk_text *text,
                          struct tk_error *error) {
    (void)call, (void)error;
    tk_options_print(&frontend->options, text);
    return TK_OK;
}

int tk_calls_set_option(struct tk_frontend *frontend, const struct tk_json *call, struct tk_text *text,
                        struct tk_error *error) {
    const char *key, *value;
    int result = tk_json_text(call, "key", &key, error);
    result = result < 0 ? result : tk_json_text(call, "value", &value, error);
    result = result < 0 ? result : tk_options_set(&frontend->options, key, value, error);
    tk_text_print(text, "true");
    return result;
}

int tk_calls_set_cheats(struct tk_frontend *frontend, const struct tk_json *call, struct tk_text *text,
                        struct tk_error *error) {
    const struct tk_json *list;
    int result = tk_json_list(call, "codes", &list, error);
    for (const struct tk_json *item = result < 0 ? NULL : list->first; item != NULL; item = item->next) {
        if (item->kind != TK_JSON_STRING || strlen(item->text) != item->size) {
            result = tk_error_set(error, TK_E_PROTOCOL, "expected a list of texts as codes");
        }
    }
    if (result < 0) {
        return result;
    }
    frontend->core.call.cheat_reset();
    unsigned number = 0;
    for (const struct tk_json *item = list->first; item != NULL; item = item->next) {
        frontend->core.call.cheat_set(number++, true, item->text);
    }
    tk_text_print(text, "true");
    return TK_OK;
}

int tk_calls_press_reset(struct tk_frontend *frontend, const struct tk_json *call, struct tk_text *text,
                         struct tk_error *error) {
    (void)call, (void)error;
    frontend->core.call.reset();
    tk_text_print(text, "true");
    return TK_OK;
}

int tk_calls_reset(struct tk_frontend *frontend, const struct tk_json *call, struct tk_text *text,
                   struct tk_error *error) {
    (void)call, (void)text;
    return tk_frontend_restart(frontend, error);
}

int tk_calls_quit(struct tk_frontend *frontend, const struct tk_json *call, struct tk_text *text,
                  struct tk_error *error) {
    (void)call, (void)error;
    frontend->leaving = true;
    tk_text_print(text, "true");
    return TK_OK;
}
