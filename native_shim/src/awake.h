/* Waiting for something to read. Where nothing else runs, a processor falls asleep with the last program that waits, and
 * waking it takes tens of microseconds: as long as many a frame. So this waits awake when what it waits for is due, unless
 * somebody else wants the processor. */
#ifndef TK_AWAKE_H
#define TK_AWAKE_H

#include <stdint.h>

struct tk_awake {
    int64_t usual;    /* How many microseconds it takes lately. */
    unsigned penalty; /* How many waits to sleep through when it is in the way the next time. */
    unsigned asleep;  /* How many of the coming waits to sleep through. */
};

/* Waits until `descriptor` can be read, at most `timeout` microseconds, or, below 0, for ever. It stays awake only for what
 * usually takes `longest` microseconds at most. Returns 1 if it can be read or was closed, 0 if it came to nothing in time,
 * -1 if a signal came. Of all threads, one at a time stays awake. */
int tk_awake_wait(struct tk_awake *awake, int descriptor, int64_t timeout, int64_t longest);

#endif
