/* The parent's side of a step; declared a second time in toolkit/link/waiting.py. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "awake.h"
#include "export.h"
#include "mail.h"

struct toolkit_line {
    struct tk_awake awake;              /* It begins as zeros. */
    int32_t command, reply;             /* Descriptors, none of which blocks. */
    struct tk_mail *commands, *replies; /* NULL: there is no such box. */
    int64_t longest;                    /* As tk_awake_wait wants it. */
    uint64_t frame_number;              /* That the last reply to toolkit_step told of. */
    int64_t count;                      /* What came last: how many bytes, 0 if the other end is closed, or an errno below 0, */
    uint8_t message[4096];              /* and the bytes. */
};

/* Reads what there is of a reply, into `message`, and waits for it for `timeout` microseconds at most if there is nothing.
 * One thread at a time may use a line. `count` is -EAGAIN if nothing came in time, -EINTR if a signal did. */
EXPORT void toolkit_receive(struct toolkit_line *line, int64_t timeout);

enum { OTHER_REPLY = -1, NOT_SENT = -2 };

/* Sends the command to run frames, `size` bytes, or none if it was sent before, and reads the reply. The command has to be
 * so short, PIPE_BUF, that a pipe takes it whole or not at all. Returns the slot that the reply names, with its frame number
 * in `line`; OTHER_REPLY if that is not what came: `count` and `message` are as after toolkit_receive; NOT_SENT if the pipe
 * did not take it. */
EXPORT int64_t toolkit_step(struct toolkit_line *line, const void *command, uint64_t size, int64_t timeout);

/* Waits until the pictures of the slot that begins with `sequence` are complete, as tk_awake_until_even does. */
EXPORT int toolkit_settle(const struct toolkit_line *line, const _Atomic uint64_t *sequence, int64_t timeout);

static int64_t await(struct toolkit_line *line, int64_t timeout) {
    int came = tk_awake_wait(&line->awake, line->reply, line->replies, timeout, line->longest);
    if (came == TK_AWAKE_MAIL) {
        return (int64_t)tk_mail_take(line->replies, line->message, sizeof line->message);
    }
    if (came != TK_AWAKE_READABLE) {
        return came == 0 ? -EAGAIN : -EINTR;
    }
    ssize_t count = read(line->reply, line->message, sizeof line->message);
    return count < 0 ? -errno : count;
}

void toolkit_receive(struct toolkit_line *line, int64_t timeout) {
    ssize_t count = read(line->reply, line->message, sizeof line->message);
    line->count = count < 0 ? -errno : count;
    if (line->count == -EAGAIN) {
        line->count = await(line, timeout);
    }
}

static bool send_command(struct toolkit_line *line, const void *command, uint64_t size) {
    bool posted = line->commands != NULL && tk_mail_put(line->commands, command, size);
    return posted || write(line->command, command, size) == (ssize_t)size;
}

int64_t toolkit_step(struct toolkit_line *line, const void *command, uint64_t size, int64_t timeout) {
    if (size == 0) {
        toolkit_receive(line, timeout);
    } else if (send_command(line, command, size)) {
        line->count = await(line, timeout);
    } else {
        return NOT_SENT;
    }
    uint32_t length, slot;
    memcpy(&length, line->message, sizeof length);
    if (line->count != TK_STEPPED_SIZE || length != TK_STEPPED_SIZE - sizeof length || line->message[4] != TK_STEPPED) {
        return OTHER_REPLY;
    }
    memcpy(&slot, line->message + 5, sizeof slot);
    memcpy(&line->frame_number, line->message + 9, sizeof line->frame_number);
    return slot;
}

int toolkit_settle(const struct toolkit_line *line, const _Atomic uint64_t *sequence, int64_t timeout) {
    return tk_awake_until_even(sequence, line->reply, timeout);
}
