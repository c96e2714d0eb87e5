#include "util.h"

#include "state.h"

/* A linear congruential generator (Numerical Recipes' constants); main.c stirs the inputs in every frame. */
uint32_t rng_next(void)
{
    G.rng = G.rng * 1664525u + 1013904223u;
    return G.rng >> 16;
}

int rng_below(int n)
{
    return (int)((rng_next() * (uint32_t)n) >> 16);
}

int rng_percent(int percent)
{
    return rng_below(100) < percent;
}

/* gcc calls these two for copies and clears of structures. */
void *memcpy(void *to, const void *from, unsigned n)
{
    char *t = to;
    const char *f = from;
    while (n--)
        *t++ = *f++;
    return to;
}

void *memset(void *to, int value, unsigned n)
{
    char *t = to;
    while (n--)
        *t++ = (char)value;
    return to;
}
