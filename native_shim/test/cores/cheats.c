/* Keeps the cheats, as a text from 16 on: "reset;" and "INDEX ON CODE;". */
#include "base.h"

static void note(const char *text) {
    char *notes = (char *)ram + 16;
    if (strlen(notes) + strlen(text) < RAM_SIZE - 17)
        memcpy(notes + strlen(notes), text, strlen(text) + 1);
}

void retro_cheat_reset(void) {
    memset(ram + 16, 0, RAM_SIZE - 16);
    note("reset;");
}

void retro_cheat_set(unsigned index, bool enabled, const char *code) {
    char text[100];
    snprintf(text, sizeof text, "%u %d %s;", index, enabled, code);
    note(text);
}
