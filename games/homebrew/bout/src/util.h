#ifndef UTIL_H
#define UTIL_H
#include <stdint.h>

uint32_t rng_next(void);
int rng_below(int n);           /* 0 to n - 1, n up to 65535 */
int rng_percent(int percent);   /* true with that probability */

static inline int clamp(int v, int lo, int hi) { return v < lo ? lo : v > hi ? hi : v; }
static inline int absolute(int v) { return v < 0 ? -v : v; }
#endif
