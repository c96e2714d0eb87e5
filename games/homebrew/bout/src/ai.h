#ifndef AI_H
#define AI_H
#include <stdint.h>
/* The computer opponent: it plays through an input word, as people do. */
void ai_reset(int player, int level);       /* level 0 to 63: see ai_level */
uint16_t ai_input(int player);
int ai_level(int stage, int difficulty);
#endif
