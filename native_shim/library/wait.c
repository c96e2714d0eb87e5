/* Reading a child's reply, for the parent; declared a second time in toolkit/link/waiting.py. */
#include <errno.h>
#include <unistd.h>

#include "awake.h"
#include "export.h"

/* Reads at most `size` bytes, and waits for them as tk_awake_wait does if none are there. One thread at a time may use what
 * `awake` points to, which begins as zeros. Returns how many bytes came, 0 if the other end is closed, otherwise an errno
 * below 0: -EAGAIN if nothing came in time, -EINTR if a signal did. */
EXPORT int64_t toolkit_receive(struct tk_awake *awake, int descriptor, void *to, uint64_t size, int64_t timeout,
                               int64_t longest);

int64_t toolkit_receive(struct tk_awake *awake, int descriptor, void *to, uint64_t size, int64_t timeout,
                        int64_t longest) {
    ssize_t count = read(descriptor, to, size);
    if (count < 0 && errno == EAGAIN) {
        int result = tk_awake_wait(awake, descriptor, timeout, longest);
        if (result <= 0) {
            return result == 0 ? -EAGAIN : -EINTR;
        }
        count = read(descriptor, to, size);
    }
    return count < 0 ? -errno : count;
}
