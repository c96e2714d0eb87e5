/* Waiting for a child's reply, for the parent; declared a second time in toolkit/link/waiting.py. */
#include "awake.h"
#include "export.h"

/* As tk_awake_wait. One thread at a time may use what `awake` points to, which begins as zeros. */
EXPORT int toolkit_wait(struct tk_awake *awake, int descriptor, int64_t timeout, int64_t longest);

int toolkit_wait(struct tk_awake *awake, int descriptor, int64_t timeout, int64_t longest) {
    return tk_awake_wait(awake, descriptor, timeout, longest);
}
