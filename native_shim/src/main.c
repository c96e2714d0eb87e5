/* toolkit-libretro: runs one libretro core behind the link that docs/link.md describes.
 *
 *     toolkit-libretro [--option KEY=VALUE]... [--defaults declared|core] [--log-level LEVEL] [--system FOLDER]
 *                      CORE [GAME]
 *
 * FOLDER is where the core finds its system files (BIOS); without it, that is the folder that this is started in.
 *
 * A parent starts it, with TOOLKIT_LINK in its environment. With --measure FRAMES, and perhaps --state FILE, it has no
 * parent: it prints how many seconds the core alone takes for so many frames. With --extensions CORE alone it prints
 * what the core's games end in, with | between them, and starts nothing. Exit codes are in error.h. */
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "calls.h"
#include "frontend.h"
#include "measure.h"

/* What --measure asked for; 0 frames: nothing. */
struct measurement {
    uint32_t frames;
    const char *state;
};

static int usage(const char *problem) {
    fprintf(stderr,
            "toolkit-libretro: %s\n"
            "usage: toolkit-libretro [--option KEY=VALUE]... [--defaults declared|core]\n"
            "                        [--log-level debug|info|warning|error] [--system FOLDER] CORE [GAME]\n"
            "       toolkit-libretro --measure FRAMES [--state FILE] [...] CORE [GAME]\n"
            "       toolkit-libretro --extensions CORE\n"
            "It is started by the Python package toolkit, with the variable " TK_LINK_VARIABLE ".\n",
            problem);
    return TK_EXIT_USAGE;
}

static int parse_option(struct tk_frontend *frontend, const char *argument, struct tk_error *error) {
    const char *equals = strchr(argument, '=');
    if (equals == NULL || equals == argument) {
        return tk_error_set(error, TK_E_OPTION, "expected KEY=VALUE after --option, got %s", argument);
    }
    char *key = strndup(argument, (size_t)(equals - argument));
    int result = key == NULL ? tk_error_set(error, TK_E_MEMORY, "no memory")
                             : tk_options_override(&frontend->options, key, equals + 1, error);
    free(key);
    return result;
}

/* Fills in the frontend, and finds the core's path. 0, or an exit code. */
static int parse_arguments(struct tk_frontend *frontend, int count, char **arguments, const char **core,
                           struct measurement *measurement) {
    struct tk_error error;
    frontend->arguments = arguments;
    frontend->log.level = LR_LOG_WARNING;
    int at = 1;
    for (; at < count && strncmp(arguments[at], "--", 2) == 0; at += 2) {
        if (at + 1 == count) {
            return usage("an option has no value");
        }
        if (strcmp(arguments[at], "--option") == 0) {
            if (parse_option(frontend, arguments[at + 1], &error) < 0) {
                return usage(error.message);
            }
        } else if (strcmp(arguments[at], "--log-level") == 0) {
            frontend->log.level = tk_log_parse(arguments[at + 1]);
            if (frontend->log.level < 0) {
                return usage("unknown log level");
            }
        } else if (strcmp(arguments[at], "--defaults") == 0) {
            frontend->options.silent = strcmp(arguments[at + 1], "core") == 0;
            if (!frontend->options.silent && strcmp(arguments[at + 1], "declared") != 0) {
                return usage("defaults are those that are declared, or the core's");
            }
        } else if (strcmp(arguments[at], "--system") == 0) {
            frontend->system = arguments[at + 1];
        } else if (strcmp(arguments[at], "--state") == 0) {
            measurement->state = arguments[at + 1];
        } else if (strcmp(arguments[at], "--measure") == 0) {
            char *end;
            unsigned long frames = strtoul(arguments[at + 1], &end, 10);
            if (*end != 0 || frames < 1 || frames > UINT32_MAX) {
                return usage("--measure takes a number of frames");
            }
            measurement->frames = (uint32_t)frames;
        } else {
            return usage("unknown option");
        }
    }
    if (count - at < 1 || count - at > 2) {
        return usage("expected a core and at most one game");
    }
    *core = arguments[at];
    frontend->rom = count - at == 2 ? arguments[at + 1] : NULL;
    return 0;
}

/* Tells the parent that the machine is ready: with the hello, or if it was switched off and on with the result of that. */
static int start(struct tk_frontend *frontend, const char *core, struct tk_error *error) {
    struct tk_journal journal = {0};
    int resumed = tk_journal_take_over(&journal, error);
    int result = resumed < 0 ? resumed : tk_calls_prepare(frontend, &journal, error);
    result = result < 0 ? result : tk_frontend_start(frontend, core, error);
    result = result < 0 ? result : tk_calls_replay(frontend, &journal, error);
    tk_journal_free(&journal);
    if (result < 0) {
        return result;
    }
    struct tk_text text = {0};
    if (resumed) {
        tk_text_print(&text, "true");
    } else {
        tk_frontend_print_hello(frontend, &text);
    }
    if (text.failed) {
        tk_text_free(&text);
        return tk_error_set(error, TK_E_MEMORY, "no memory");
    }
    tk_link_send(&frontend->link, TK_RESULT, text.data, text.size);
    tk_text_free(&text);
    return TK_OK;
}

static int run(struct tk_frontend *frontend, const char *core, const char *description) {
    struct tk_error error;
    int code = TK_EXIT_LINK;
    int result = tk_link_open(&frontend->link, description, &error);
    if (result >= 0) {
        result = tk_link_watch(&frontend->link, &error);
    }
    if (result >= 0) {
        code = TK_EXIT_START;
        if (getcwd(frontend->folder, sizeof frontend->folder) == NULL) {
            result = tk_error_set(&error, TK_E_FILE, "the folder that this was started in is gone");
        } else {
            result = start(frontend, core, &error);
        }
    }
    if (result >= 0) {
        return tk_frontend_serve(frontend);
    }
    fprintf(stderr, "toolkit-libretro: %s\n", error.message);
    if (frontend->link.reply >= 0) {
        tk_link_send_error(&frontend->link, &error);
    }
    return code;
}

static int measure(struct tk_frontend *frontend, const char *core, const struct measurement *measurement) {
    struct tk_error error;
    int result = getcwd(frontend->folder, sizeof frontend->folder) == NULL
                     ? tk_error_set(&error, TK_E_FILE, "the folder that this was started in is gone")
                     : tk_frontend_start(frontend, core, &error);
    if (result >= 0) {
        result = tk_measure(frontend, measurement->frames, measurement->state, &error);
    }
    if (result < 0) {
        fprintf(stderr, "toolkit-libretro: %s\n", error.message);
        return TK_EXIT_START;
    }
    return TK_EXIT_OK;
}

static int print_extensions(const char *path) {
    struct tk_core core;
    struct tk_error error;
    int result = tk_core_open(&core, path, &error);
    if (result < 0) {
        fprintf(stderr, "toolkit-libretro: %s\n", error.message);
    } else {
        printf("\n%s\n", core.extensions);
    }
    free(core.name);
    free(core.version);
    free(core.extensions);
    return result < 0 ? TK_EXIT_START : TK_EXIT_OK;
}

/* Nobody may have opened stdin, stdout or stderr: the next file to be opened, such as a core's own, would be in its place
 * and get what cores print. */
static void open_standard_streams(void) {
    for (int descriptor = STDIN_FILENO; descriptor <= STDERR_FILENO; descriptor++) {
        if (fcntl(descriptor, F_GETFD) < 0 && open("/dev/null", O_RDWR) < 0) {
            return;
        }
    }
}

int main(int count, char **arguments) {
    /* Who started us may have had them ignored. */
    signal(SIGPIPE, SIG_DFL);
    signal(SIGCHLD, SIG_DFL);
    open_standard_streams();
    if (count == 3 && strcmp(arguments[1], "--extensions") == 0) {
        return print_extensions(arguments[2]);
    }
    const char *description = getenv(TK_LINK_VARIABLE), *core;
    struct tk_frontend *frontend = calloc(1, sizeof *frontend);
    if (frontend == NULL) {
        return TK_EXIT_LINK;
    }
    struct measurement measurement = {0};
    int code = parse_arguments(frontend, count, arguments, &core, &measurement);
    if (code == 0 && description == NULL && measurement.frames == 0) {
        code = usage(TK_LINK_VARIABLE " is not set");
    }
    if (code == 0) {
        code = measurement.frames > 0 ? measure(frontend, core, &measurement) : run(frontend, core, description);
        tk_frontend_stop(frontend);
    }
    tk_options_free(&frontend->options);
    free(frontend);
    return code;
}
