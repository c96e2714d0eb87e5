/* Options "tiny_speed" and "tiny_colour", told by the API number API: 0 SET_VARIABLES, 1 SET_CORE_OPTIONS, 2 the same in
 * several languages, 3 SET_CORE_OPTIONS_V2, 4 that in several languages. Crashes if it gets no answer, as large cores do.
 * At 16 and 17 lie the first letters of the values, at 18 how often they were changed while it ran, at 19 the version
 * of the API that the frontend knows. */
#include "base.h"

struct category {
    const char *key, *description, *info;
};

static void tell(void) {
#if API == 0
    static const struct lr_variable variables[] = {
        {"tiny_speed", "How fast; normal|fast|slow"}, {"tiny_colour", "Which colour; red|green|blue"}, {NULL, NULL}};
    ask(LR_SET_VARIABLES, (void *)variables);
#elif API <= 2
    static const struct lr_option definitions[] = {
        {"tiny_speed", "How fast", "Faster is not slower.", {{"slow", "Slow"}, {"normal", NULL}, {"fast", "Fast!"}, {NULL, NULL}}, "normal"},
        /* Without a default it is the first value. */
        {"tiny_colour", "Which colour", NULL, {{"red", NULL}, {"green", NULL}, {"blue", NULL}, {NULL, NULL}}, NULL},
        {NULL, NULL, NULL, {{NULL, NULL}}, NULL}};
    static const struct lr_options_intl languages = {
        definitions, NULL};
    if (API == 1)
        ask(LR_SET_CORE_OPTIONS, (void *)definitions);
    else
        ask(LR_SET_CORE_OPTIONS_INTL, (void *)&languages);
#else
    static struct category categories[] = {{"all", "All", NULL}, {NULL, NULL, NULL}};
    static struct lr_option_v2 definitions[] = {
        {"tiny_speed", "How fast", NULL, NULL, NULL, "all", {{"slow", "Slow"}, {"normal", NULL}, {"fast", "Fast!"}, {NULL, NULL}}, "normal"},
        {"tiny_colour", "Which colour", NULL, NULL, NULL, NULL, {{"red", NULL}, {"green", NULL}, {"blue", NULL}, {NULL, NULL}}, NULL},
        {NULL, NULL, NULL, NULL, NULL, NULL, {{NULL, NULL}}, NULL}};
    static struct lr_options_v2 all = {categories, definitions};
    static struct lr_options_v2_intl languages = {&all, NULL};
    if (API == 3)
        ask(LR_SET_CORE_OPTIONS_V2, &all);
    else
        ask(LR_SET_CORE_OPTIONS_V2_INTL, &languages);
#endif
}

static uint8_t first_letter(const char *key) {
    struct lr_variable variable = {key, NULL};
    ask(LR_GET_VARIABLE, &variable);
    const volatile char *value = variable.value;
    return (uint8_t)value[0]; /* which crashes without one */
}

static void read_all(void) {
    ram[16] = first_letter("tiny_speed");
    ram[17] = first_letter("tiny_colour");
}

void retro_set_environment(lr_environment callback) {
    ask = callback;
    tell();
}

bool core_load(const struct lr_game_info *info) {
    unsigned version = 0;
    if (ask(LR_GET_CORE_OPTIONS_VERSION, &version))
        ram[19] = (uint8_t)version;
    struct lr_variable unknown = {"tiny_unknown", NULL};
    if (ask(LR_GET_VARIABLE, &unknown) && unknown.value)
        return false;
    read_all();
    return info != NULL;
}

void retro_run(void) {
    bool changed = false;
    if (ask(LR_GET_VARIABLE_UPDATE, &changed) && changed) {
        ram[18]++;
        read_all();
    }
    poll_input();
    core_think();
    core_draw();
}
