/* A letter box in shared memory: messages for who waits awake, who is spared the way through the kernel. Who sleeps gets
 * them through a pipe, like everybody whose sender does not know of the box. */
#ifndef TK_MAIL_H
#define TK_MAIL_H

#include <stdbool.h>
#include <stddef.h>

#include "tk_layout.h"

/* The reader's side: from here on it looks here as well, */
void tk_mail_open(struct tk_mail *mail);

/* something has come, */
bool tk_mail_came(const struct tk_mail *mail);

/* and from here on it does not look any more. Returns whether something has come, which then has to be taken. */
bool tk_mail_shut(struct tk_mail *mail);

/* Takes what has come, up to `capacity` bytes. Returns how many they are. */
size_t tk_mail_take(struct tk_mail *mail, void *to, size_t capacity);

/* The writer's side: a message for the reader. Returns false if it did not get it: it does not look here, or the message is too long. */
bool tk_mail_put(struct tk_mail *mail, const void *message, size_t size);

#endif
