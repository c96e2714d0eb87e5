/* The service menu. Its cursors and the order of its items are a contract: README.md, "Service menu". */
#include "service.h"

#include "flow.h"
#include "input.h"
#include "state.h"
#include "util.h"

const char *const main_items[MAIN_ITEMS] = {
    "INPUT TEST", "SCREEN GRID", "COLOUR BARS", "PICTURES", "MEMORY TEST", "BOOKKEEPING", "CONFIGURATION",
    "CLEAR BOOKKEEPING", "PROGRAM CHECK", "EXIT",
};
const char *const configuration_items[CONFIGURATION_ITEMS] = {"COIN SETTINGS", "GAME SETTINGS", "FACTORY SETTINGS", "EXIT"};

unsigned char service_cursors[4], service_page;
unsigned long service_result;

static struct settings edited;      /* what the settings screen shows until it is saved */

enum { C_MAIN, C_CONFIGURATION, C_SETTINGS, C_SAVE };

static const char *const setting_names[SETTINGS_LINES] = {
    "DIFFICULTY", "ROUND TIME", "DAMAGE", "CONTINUE", "HIT STOP", "SHOW BOXES", "EXIT",
};

static void show(int screen)
{
    G.menu_screen = (uint8_t)screen;
}

void service_open(void)
{
    for (int i = 0; i < 4; i++)
        service_cursors[i] = 0;
    show(SV_MAIN);
    flow_phase(PHASE_SERVICE);
}

static uint8_t *setting(struct settings *s, int line)
{
    switch (line) {
    case 0: return &s->difficulty;
    case 1: return &s->round_time;
    case 2: return &s->damage;
    case 3: return &s->continues;
    case 4: return &s->hit_stop;
    default: return &s->boxes;
    }
}

static int setting_max(int line)
{
    return line == 0 ? 7 : line <= 2 ? 2 : 1;
}

const char *setting_name(int line)
{
    return setting_names[line];
}

const char *setting_value(int line)
{
    static const char *const digits[] = {"0", "1", "2", "3", "4", "5", "6", "7"};
    static const char *const times[] = {"30", "60", "99"};
    static const char *const amounts[] = {"LOW", "NORMAL", "HIGH"};
    if (line >= SETTINGS_LINES - 1)
        return "";
    int value = *setting(&edited, line);
    return line == 0 ? digits[value & 7] : line == 1 ? times[value % 3] : line == 2 ? amounts[value % 3]
        : value ? "ON" : "OFF";
}

static void move_cursor(int menu, int items)
{
    int at = service_cursors[menu];
    if (pressed_any(IN_DOWN))
        at = at + 1 < items ? at + 1 : 0;
    else if (pressed_any(IN_UP))
        at = at ? at - 1 : items - 1;
    service_cursors[menu] = (unsigned char)at;
    G.menu_cursor = (uint8_t)at;
}

static void factory_settings(void)
{
    static const struct settings factory = {3, 1, 1, 1, 1, 0, 0, 1};
    G.settings = factory;
}

static unsigned long sum_words(const volatile uint32_t *from, int words)
{
    unsigned long sum = 0;
    while (words--)
        sum = (sum << 1 | sum >> 31) ^ *from++;
    return sum;
}

/* Writes a pattern to an unused part of work RAM and reads it back. */
static unsigned long test_memory(void)
{
    volatile uint32_t *at = (volatile uint32_t *)0x02040000;
    unsigned long bad = 0;
    for (uint32_t i = 0; i < 0x1000; i++)
        at[i] = i * 0x9e3779b9u;
    for (uint32_t i = 0; i < 0x1000; i++)
        bad += at[i] != i * 0x9e3779b9u;
    return bad;
}

static void choose_main(int item)
{
    switch (item) {
    case SV_EXIT:
        flow_restart();
        return;
    case SV_MEMORY:
        service_result = test_memory();
        break;
    case SV_CHECK:
        service_result = sum_words((const volatile uint32_t *)0, 0x20000);
        break;
    case SV_CLEAR:
        G.games = G.coins = G.rounds = G.fight_frames = 0;
        break;
    case SV_CONFIGURATION:
        service_cursors[C_CONFIGURATION] = 0;
        break;
    }
    service_page = 0;
    show(item);
}

static void update_configuration(void)
{
    move_cursor(C_CONFIGURATION, CONFIGURATION_ITEMS);
    if (!pressed_any(IN_LP))
        return;
    switch (service_cursors[C_CONFIGURATION]) {
    case 0:
        show(SV_COINS);
        break;
    case 1:
        edited = G.settings;
        service_cursors[C_SETTINGS] = 0;
        show(SV_SETTINGS);
        break;
    case 2:
        factory_settings();
        break;
    default:
        show(SV_MAIN);
        break;
    }
}

static void update_settings(void)
{
    move_cursor(C_SETTINGS, SETTINGS_LINES);
    int line = service_cursors[C_SETTINGS];
    if (line == SETTINGS_LINES - 1) {
        if (pressed_any(IN_LP)) {
            service_cursors[C_SAVE] = 0;
            show(SV_SAVE);
        }
        return;
    }
    uint8_t *value = setting(&edited, line);
    if (pressed_any(IN_LEFT) && *value)
        --*value;
    else if (pressed_any(IN_RIGHT) && *value < setting_max(line))
        ++*value;
}

static void update_save(void)
{
    move_cursor(C_SAVE, 2);
    if (!pressed_any(IN_LP))
        return;
    if (service_cursors[C_SAVE])
        G.settings = edited;
    show(SV_CONFIGURATION);
}

void service_update(void)
{
    switch (G.menu_screen) {
    case SV_MAIN:
        move_cursor(C_MAIN, MAIN_ITEMS);
        if (pressed_any(IN_LP))
            choose_main(service_cursors[C_MAIN]);
        break;
    case SV_CONFIGURATION:
        update_configuration();
        break;
    case SV_SETTINGS:
        update_settings();
        break;
    case SV_SAVE:
        update_save();
        break;
    case SV_COINS:
        if (pressed_any(IN_LEFT | IN_RIGHT))
            G.settings.free_play ^= 1;
        if (pressed_any(IN_LP))
            show(SV_CONFIGURATION);
        break;
    case SV_INPUTS:                     /* every button is under test: leave with START */
        if (pressed_any(IN_START))
            show(SV_MAIN);
        break;
    case SV_PICTURES:
        if (pressed_any(IN_RIGHT | IN_DOWN))
            service_page++;
        if (pressed_any(IN_LEFT | IN_UP))
            service_page--;
        if (pressed_any(IN_LP))
            show(SV_MAIN);
        break;
    default:
        if (pressed_any(IN_LP))
            show(SV_MAIN);
        break;
    }
}
