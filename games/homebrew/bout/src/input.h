#ifndef INPUT_H
#define INPUT_H
#include <stdint.h>

/* Both players' input words (enum in state.h), and the bits that are newly down in this frame. */
extern uint16_t input_held[2], input_pressed[2];
void input_read(void);
int pressed_by(int player, int bits);
int pressed_any(int bits);      /* by either */
#endif
