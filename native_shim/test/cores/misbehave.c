/* Does what its game says, a text: "WHEN HOW", such as "run hang". In run it happens in the third frame. */
#include <signal.h>
#include <unistd.h>

#include "base.h"

static void misbehave(const char *when) {
    size_t length = strlen(when);
    if (strncmp(game, when, length) != 0 || game[length] != ' ')
        return;
    const char *how = game + length + 1;
    if (strcmp(how, "hang") == 0) {
        for (volatile int again = 1; again;)
            continue;
    } else if (strcmp(how, "sleep") == 0) {
        for (;;)
            pause();
    } else if (strcmp(how, "exit") == 0) {
        fputs("last words\n", stderr);
        exit(3);
    } else if (strcmp(how, "abort") == 0) {
        abort();
    } else if (strcmp(how, "segfault") == 0) {
        volatile int *volatile nowhere = NULL;
        *nowhere = 1;
    } else if (strcmp(how, "overrun") == 0) {
        /* Over all blocks behind it, and the end of the heap. */
        volatile char *block = malloc(40);
        for (size_t at = 0; at < (size_t)1 << 30; at++)
            block[at] = 0x41;
    } else if (strcmp(how, "close") == 0) {
        for (int descriptor = 3; descriptor < 64; descriptor++)
            close(descriptor);
    } else if (strcmp(how, "ignore") == 0) {
        signal(SIGTERM, SIG_IGN);
        for (;;)
            pause();
    }
}

bool core_load(const struct lr_game_info *info) {
    misbehave("load");
    return info != NULL;
}

void core_think(void) {
    put32(ram, get32(ram) + 1);
    if (get32(ram) == 3)
        misbehave("run");
}

bool retro_serialize(void *data, size_t size) {
    misbehave("save");
    if (size < sizeof ram)
        return false;
    memcpy(data, ram, sizeof ram);
    return true;
}

void retro_unload_game(void) {
    misbehave("unload");
}

void retro_deinit(void) {
    misbehave("deinit");
}
