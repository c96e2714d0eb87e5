#include "awake.h"

#include <errno.h>
#include <poll.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/resource.h>
#include <time.h>

#include "mail.h"

enum {
    EARLY = 200, /* So many microseconds before it is due it wakes up, or more; waking up itself takes up to a hundred. */
    LATE = 150,  /* So many after that it gives up, or more. */
    FIRST_PENALTY = 16,
    MAX_PENALTY = 4096,
    PAUSES = 32,  /* Between looks at the descriptor: about a microsecond. */
    AT_ONCE = 64, /* So many microseconds for a picture to be made without sleeping meanwhile. */
    NAP = 200,    /* And so many in which it sleeps after that, again and again. */
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
    return count >= 0 ? count : errno == EINTR ? -1 : TK_AWAKE_READABLE; /* What is wrong with it, reading tells. */
}

/* How often somebody else has taken the processor from this thread. */
static long times_preempted(void) {
    struct rusage usage = {0};
    getrusage(RUSAGE_THREAD, &usage);
    return usage.ru_nivcsw;
}

/* A moment in which a processor that shares its units with another leaves them to that. */
static void pause_shortly(void) {
#if defined(__x86_64__) || defined(__i386__)
    __builtin_ia32_pause();
#endif
}

/* A microsecond, or less if there is mail. */
static bool mail_came(const struct tk_mail *mail) {
    for (int i = 0; i < PAUSES; i++) {
        if (mail != NULL && tk_mail_came(mail)) {
            return true;
        }
        pause_shortly();
    }
    return false;
}

static int wait_awake(struct tk_awake *awake, int descriptor, struct tk_mail *mail, int64_t until) {
    long before = times_preempted();
    if (mail != NULL) {
        tk_mail_open(mail);
    }
    int result = wait_for(descriptor, 0);
    while (result == 0 && !mail_came(mail) && microseconds() < until) {
        result = wait_for(descriptor, 0);
    }
    if (mail != NULL && tk_mail_shut(mail)) {
        result = TK_AWAKE_MAIL;
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

int tk_awake_wait(struct tk_awake *awake, int descriptor, struct tk_mail *mail, int64_t timeout, int64_t longest) {
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
            result = wait_awake(awake, descriptor, mail, late < end ? late : end);
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

static bool is_even(const _Atomic uint64_t *sequence) {
    return atomic_load_explicit(sequence, memory_order_acquire) % 2 == 0;
}

int tk_awake_until_even(const _Atomic uint64_t *sequence, int descriptor, int64_t timeout) {
    int64_t begin = microseconds(), waited = 0;
    while (!is_even(sequence) && waited < AT_ONCE) {
        pause_shortly();
        waited = microseconds() - begin;
    }
    while (!is_even(sequence)) {
        struct pollfd what = {.fd = descriptor, .events = 0};
        struct timespec nap = {.tv_nsec = NAP * 1000};
        if (waited >= timeout) {
            return 0;
        }
        if (ppoll(&what, 1, &nap, NULL) > 0 && !is_even(sequence)) {
            return -1;
        }
        waited = microseconds() - begin;
    }
    return 1;
}
