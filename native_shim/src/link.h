/* The child's end of the link: two pipes and a region of shared memory. docs/link.md is the whole protocol. */
#ifndef TK_LINK_H
#define TK_LINK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "awake.h"
#include "error.h"
#include "tk_layout.h"

struct tk_link {
    int command, reply, memory; /* Descriptors; reply is -1 until it is known. */
    struct tk_header *header;
    uint8_t *region; /* Where the header lies. */
    uint64_t counter; /* How many times something was published. */
    struct tk_mail *commands, *replies; /* NULL if there is no room for them. */
    struct tk_awake awake;
    char *message;
    size_t capacity;
    uint32_t value_capacity, pixel_capacity, memory_capacity;
};

/* Opens what the text in TOOLKIT_LINK describes. TK_E_VERSION, TK_E_PROTOCOL, TK_E_MEMORY; if `reply` is not -1 then,
 * the error can still be sent. */
int tk_link_open(struct tk_link *link, const char *description, struct tk_error *error);

/* Starts the thread that ends this process when the parent is gone, whatever the core is doing. */
int tk_link_watch(struct tk_link *link, struct tk_error *error);

/* What a command of kind 0 is returned as, which there is not. */
enum { TK_UNKNOWN = 256 };

/* Waits for a command. Returns its kind, with the payload in `*payload`, which may be overwritten and has a byte after
 * it; 0 if the pipe has ended; TK_E_PROTOCOL, TK_E_MEMORY. */
int tk_link_read(struct tk_link *link, char **payload, size_t *size, struct tk_error *error);

/* Sends a reply; if nobody reads it, the process leaves. */
void tk_link_send(struct tk_link *link, enum tk_reply kind, const void *payload, size_t size);
void tk_link_send_error(struct tk_link *link, const struct tk_error *error);

/* Says that the slot is complete. */
void tk_link_send_stepped(struct tk_link *link, uint64_t frame_number);

/* Says that all of the slot but its pixels is there, if the parent waits awake; returns whether it does. */
bool tk_link_send_early(struct tk_link *link, uint64_t frame_number);

/* The next slot, marked as being written, and its parts. */
struct tk_slot *tk_link_begin(struct tk_link *link);
uint8_t *tk_link_pixels(struct tk_link *link, struct tk_slot *slot);
uint8_t *tk_link_memory(struct tk_link *link, struct tk_slot *slot);

/* Marks it as complete. */
void tk_link_publish(struct tk_link *link, struct tk_slot *slot);

/* Whether the descriptors stay open in a program that takes this one's place, or one that the core starts. */
void tk_link_keep_open(struct tk_link *link, int keep);

#endif
