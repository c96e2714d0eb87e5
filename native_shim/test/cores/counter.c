/* Nothing but base.c: frames counted in memory and on the screen. */
#include "base.h"
