#include "awake.h"

#include <errno.h>
#include <poll.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/resource.h>
#include <time.h>

enum {
    EARLY = 200, /* So many microseconds before it is due it wakes up, or more; waking up itself takes up to a hundred. */
    LATE = 150,  /* So many after that it gives up, or more. */
    FIRST_PENALTY = 16,
    MAX_PENALTY = 4096,
};

static int64_t microseconds(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (int64_t)time.tv_sec * 1000000 + time.tv_nsec / 1000;
}

/* As tk_awake_wait, but asleep; with a timeout of 0 it only looks. */
static int wait_for(int descriptor, int64_t timeout) {
    struct pollfd what = {.fd = descriptor, .events = POLLIN};
    struct timespec time = {.tv_sec = timeout / 1000000, .tv_nsec = timeout % 1000000 * 1000};
    int count = ppoll(&what, 1, timeout < 0 ? NULL : &time, NULL);
    return count >= 0 ? count : errno == EINTR ? -1 : 1; /* What is wrong with it, reading tells. */
}

/* How often somebody else has taken the processor from this thread. */
static long times_preempted(void) {
    struct rusage usage = {0};
    getrusage(RUSAGE_THREAD, &usage);
    return usage.ru_nivcsw;
}

/* About a microsecond in which a processor that shares its units with another leaves them to that. */
static void pause_shortly(void) {
#if defined(__x86_64__) || defined(__i386__)
    for (int i = 0; i < 32; i++) {
        __builtin_ia32_pause();
    }
#endif
}

static int wait_awake(struct tk_awake *awake, int descriptor, int64_t until) {
    long before = times_preempted();
    int result = wait_for(descriptor, 0);
    while (result == 0 && microseconds() < until) {
        pause_shortly();
        result = wait_for(descriptor, 0);
    }
    if (times_preempted() != before) {
        unsigned penalty = awake->penalty == 0 ? FIRST_PENALTY : 2 * awake->penalty;
        awake->asleep = awake->penalty = penalty < MAX_PENALTY ? penalty : MAX_PENALTY;
    } else {
        awake->penalty /= 2;
    }
    return result;
}

static bool is_due(struct tk_awake *awake, int64_t longest) {
    if (awake->asleep > 0) {
        awake->asleep--;
        return false;
    }
    return awake->usual <= longest;
}

int tk_awake_wait(struct tk_awake *awake, int descriptor, int64_t timeout, int64_t longest) {
    static atomic_int waiting;
    int64_t begin = microseconds(), end = timeout < 0 ? INT64_MAX : begin + timeout;
    int result = 0;
    bool alone = atomic_fetch_add(&waiting, 1) == 0;
    if (is_due(awake, longest) && alone) {
        int64_t due = begin + awake->usual, quarter = awake->usual / 4, half = awake->usual / 2;
        int64_t early = due - (quarter > EARLY ? quarter : EARLY), late = due + (half > LATE ? half : LATE);
        if (early > begin) {
            result = wait_for(descriptor, (early < end ? early : end) - begin);
        }
        if (result == 0) {
            result = wait_awake(awake, descriptor, late < end ? late : end);
        }
    }
    if (result == 0) {
        int64_t rest = end - microseconds();
        result = wait_for(descriptor, timeout < 0 ? -1 : rest > 0 ? rest : 0);
    }
    atomic_fetch_sub(&waiting, 1);
    if (result > 0) {
        awake->usual += (microseconds() - begin - awake->usual) / 4;
    }
    return result;
}
