/* A core that cannot be loaded: it needs a function that nobody has. */
#include "base.h"

void there_is_no_such_function(void);

void core_draw(void) {
    there_is_no_such_function();
}
