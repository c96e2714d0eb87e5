/* Everything together: one core behind one link. */
#ifndef TK_FRONTEND_H
#define TK_FRONTEND_H

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>

#include "audio.h"
#include "core.h"
#include "error.h"
#include "follow.h"
#include "image.h"
#include "input.h"
#include "journal.h"
#include "link.h"
#include "log.h"
#include "memory.h"
#include "options.h"
#include "slab.h"
#include "text.h"
#include "video.h"

struct tk_frontend {
    struct tk_log log;
    struct tk_link link;
    struct tk_core core;
    struct tk_options options;
    struct tk_video video;
    struct tk_image_work image;
    struct tk_memory memory;
    struct tk_input input;
    struct tk_audio audio;
    struct tk_journal journal;
    struct tk_text controllers; /* The JSON of what can be plugged in where. */
    struct lr_frame_time_callback frame_time;
    char folder[PATH_MAX]; /* The one we were started in, for whatever the core wants to write. */
    const char *system;    /* Where the core's BIOS files are; NULL: in `folder`, that is nowhere. */
    const char *rom;       /* NULL: none. */
    char **arguments;      /* Of the program, to run it again. */

    /* From the core. */
    bool no_game;   /* It also starts without one. */
    bool hardware;  /* It wanted to draw with the graphics hardware. */
    bool shut_down; /* The machine has switched itself off. */

    /* From the parent. */
    bool pictures; /* Whether frames are published, and how. */
    struct tk_view view;
    bool draw_all; /* The frames that nobody sees, too. */
    struct tk_watch *watches;
    size_t watch_count;
    struct tk_area *areas;
    size_t area_count, area_bytes;
    struct tk_follow follow; /* Its numbers lie behind the watched values, frame by frame. */
    struct tk_slab slab;

    bool drawing; /* This frame, or one that is not being run yet, is to be drawn. */
    uint64_t frame_number;
    bool leaving; /* After `quit`. */
};

/* Opens the core and loads the game. */
int tk_frontend_start(struct tk_frontend *frontend, const char *core, struct tk_error *error);

/* Width by height of the picture, upright, as the core says it now; by its pixels if the core does not say. */
double tk_frontend_aspect(const struct tk_frontend *frontend);

/* The JSON that the parent is told first. */
void tk_frontend_print_hello(const struct tk_frontend *frontend, struct tk_text *text);

/* Answers commands until the parent wants no more, or has gone: 0, or an exit code. */
int tk_frontend_serve(struct tk_frontend *frontend);

/* Switches the machine off and on: runs the program anew, so it only returns if that fails. */
int tk_frontend_restart(struct tk_frontend *frontend, struct tk_error *error);

/* Loads the game anew, so that whatever the core keeps besides its states is as it was when the machine was switched on; what is
 * plugged in and the cheats stay. TK_E_STATE; then the machine has switched itself off. */
int tk_frontend_reload(struct tk_frontend *frontend, struct tk_error *error);

void tk_frontend_stop(struct tk_frontend *frontend);

#endif
