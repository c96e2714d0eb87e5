/* What answers the calls that calls.c finds by name. Each adds its result to `text`, or returns the code of an error; then
 * `text` does not count. */
#ifndef TK_CALLS_ANSWERS_H
#define TK_CALLS_ANSWERS_H

#include <stddef.h>

#include "error.h"
#include "memory.h"
#include "text.h"

struct tk_frontend;
struct tk_json;

typedef int tk_answer(struct tk_frontend *frontend, const struct tk_json *call, struct tk_text *text,
                      struct tk_error *error);

/* calls_view.c */
tk_answer tk_calls_configure, tk_calls_slab, tk_calls_aspect;

/* calls_memory.c */
tk_answer tk_calls_watch, tk_calls_follow, tk_calls_read_memory, tk_calls_write_memory;

/* The areas of `configure`, which the caller frees; how many bytes they have together. TK_E_PROTOCOL, TK_E_ADDRESS,
 * TK_E_MEMORY; then there is nothing to free. */
int tk_calls_read_areas(const struct tk_frontend *frontend, const struct tk_json *call, struct tk_area **areas,
                        size_t *count, size_t *bytes, struct tk_error *error);

/* calls_machine.c */
tk_answer tk_calls_list_ports, tk_calls_bind, tk_calls_set_controller, tk_calls_list_options, tk_calls_set_option;
tk_answer tk_calls_set_cheats, tk_calls_press_reset, tk_calls_reset, tk_calls_quit;

/* calls_files.c */
tk_answer tk_calls_take_audio, tk_calls_screenshot, tk_calls_save_state, tk_calls_load_state;

#endif
