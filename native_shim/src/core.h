/* One libretro core: its library, its functions, and what it says about itself. */
#ifndef TK_CORE_H
#define TK_CORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "error.h"
#include "lr_abi.h"

/* The functions that the core is handed; see callbacks.h. */
struct tk_core_callbacks {
    lr_environment environment;
    lr_video_refresh video;
    lr_audio_sample sample;
    lr_audio_batch batch;
    lr_input_poll poll;
    lr_input_state state;
};

struct tk_core {
    const char *path;
    void *library;
    struct lr_functions call; /* All of them are there once the core is open. */
    char *name, *version, *extensions;
    bool need_fullpath;
    bool partial_states; /* Its states leave out parts of the machine. */
    struct lr_av_info av; /* Kept up to date by the environment. */
    uint8_t *game;        /* The game's bytes, unless the core reads the file itself. */
    size_t game_size;
    bool initialized, loaded;
};

/* Opens the library. TK_E_CORE. */
int tk_core_open(struct tk_core *core, const char *path, struct tk_error *error);

/* Hands the callbacks over, and lets the core make itself ready. */
void tk_core_start(struct tk_core *core, const struct tk_core_callbacks *callbacks);

/* Loads the game, or with NULL none. TK_E_ROM, TK_E_CORE. */
int tk_core_load(struct tk_core *core, const char *rom, struct tk_error *error);

/* Unloads the game and loads it again, in a core whose game is loaded: the machine is as it was when it was switched on. What
 * was plugged in and the cheats are forgotten. TK_E_ROM, TK_E_CORE; then no game is loaded. */
int tk_core_reload(struct tk_core *core, const char *rom, struct tk_error *error);

/* Unloads the game, and lets the core go. The library itself stays. */
void tk_core_stop(struct tk_core *core);

/* The machine's state to and from a file. TK_E_STATE. */
int tk_core_save(struct tk_core *core, const char *path, struct tk_error *error);
int tk_core_restore(struct tk_core *core, const char *path, struct tk_error *error);

#endif
