/* Waiting for something to read. Where nothing else runs, a processor falls asleep with the last program that waits, and
 * waking it takes tens of microseconds: as long as many a frame. So this waits awake when what it waits for is due, unless
 * somebody else wants the processor. */
#ifndef TK_AWAKE_H
#define TK_AWAKE_H

#include <stdint.h>

#include "tk_layout.h"

struct tk_awake {
    int64_t usual;    /* How many microseconds it takes lately. */
    unsigned penalty; /* How many waits to sleep through when it is in the way the next time. */
    unsigned asleep;  /* How many of the coming waits to sleep through. */
};

enum { TK_AWAKE_READABLE = 1, TK_AWAKE_MAIL = 2 };

/* Waits until `descriptor` can be read, at most `timeout` microseconds, or, below 0, for ever. It stays awake only for what
 * usually takes `longest` microseconds at most, and then looks into `mail`, too, unless that is NULL. Returns
 * TK_AWAKE_READABLE if it can be read or was closed, TK_AWAKE_MAIL if something came by mail instead, 0 if nothing came in
 * time, -1 if a signal came. Of all threads, one at a time stays awake. */
int tk_awake_wait(struct tk_awake *awake, int descriptor, struct tk_mail *mail, int64_t timeout, int64_t longest);

/* Waits until `sequence` is even, while `descriptor` is not closed: awake at first, as it is nearly always a matter of
 * microseconds. Returns 1, 0 if it took longer than `timeout` microseconds, -1 if `descriptor` was closed. */
int tk_awake_until_even(const _Atomic uint64_t *sequence, int descriptor, int64_t timeout);

#endif
