#include "mail.h"

#include <string.h>

void tk_mail_open(struct tk_mail *mail) {
    atomic_store_explicit(&mail->state, TK_MAIL_OPEN, memory_order_release);
}

bool tk_mail_came(const struct tk_mail *mail) {
    return atomic_load_explicit(&mail->state, memory_order_acquire) == TK_MAIL_FULL;
}

bool tk_mail_shut(struct tk_mail *mail) {
    uint32_t state = TK_MAIL_OPEN;
    atomic_compare_exchange_strong_explicit(&mail->state, &state, TK_MAIL_SHUT, memory_order_acq_rel, memory_order_acquire);
    return state == TK_MAIL_FULL;
}

size_t tk_mail_take(struct tk_mail *mail, void *to, size_t capacity) {
    size_t size = mail->size, limit = capacity < sizeof mail->message ? capacity : sizeof mail->message;
    size = size < limit ? size : limit;
    memcpy(to, mail->message, size);
    atomic_store_explicit(&mail->state, TK_MAIL_SHUT, memory_order_release);
    return size;
}

bool tk_mail_put(struct tk_mail *mail, const void *message, size_t size) {
    uint32_t state = atomic_load_explicit(&mail->state, memory_order_acquire);
    if (size > sizeof mail->message || state != TK_MAIL_OPEN) {
        return false;
    }
    memcpy(mail->message, message, size);
    mail->size = (uint32_t)size;
    return atomic_compare_exchange_strong_explicit(&mail->state, &state, TK_MAIL_FULL, memory_order_acq_rel,
                                                   memory_order_relaxed);
}
