/* Logs at every level, from its own thread while it runs, too; a line each, some long, some without an end. */
#include <pthread.h>

#include "base.h"

static struct lr_log_callback log_to;
static pthread_t thread;

static void *chatter(void *unused) {
    (void)unused;
    for (int n = 0; n < 200; n++)
        log_to.log(LR_LOG_WARNING, "thread line %d of %s\n", n, "two hundred");
    return NULL;
}

bool core_load(const struct lr_game_info *info) {
    if (!ask(LR_GET_LOG_INTERFACE, &log_to) || !log_to.log)
        return false;
    log_to.log(LR_LOG_DEBUG, "a debug line\n");
    log_to.log(LR_LOG_INFO, "an info line\n");
    log_to.log(LR_LOG_WARNING, "a warning line\n");
    log_to.log(LR_LOG_ERROR, "an error line without an end: %d %s", 42, "percent");
    log_to.log(LR_LOG_ERROR, "%*s|\n", 10000, "long");
    return info && pthread_create(&thread, NULL, chatter, NULL) == 0;
}

void core_think(void) {
    put32(ram, get32(ram) + 1);
    log_to.log(LR_LOG_WARNING, "frame %u\n", (unsigned)get32(ram));
    if (get32(ram) == 5) {
        fputs("these were the last words\n", stderr);
        abort();
    }
}

void retro_unload_game(void) {
    pthread_join(thread, NULL);
}
