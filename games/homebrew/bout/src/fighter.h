/* Two fighters: from input words to positions, hits and health. */
#ifndef FIGHTER_H
#define FIGHTER_H
#include "state.h"

enum { WALL_LEFT = 24, WALL_RIGHT = 360, THROW_RANGE = 45 };

void fighter_reset(int player, int x, int facing);
void fighters_update(void);         /* one frame of a fight, inputs in held and pressed */
void fighters_pose(void);           /* pictures only: outside of fights */
void fighter_result(int player, int won);
int fighter_is_grounded(const struct fighter *f);

struct box { int x0, x1, y0, y1; };
struct box hurt_box(const struct fighter *f);
struct box hit_box(const struct fighter *f);    /* x0 == x1 when nothing is out */

#endif
