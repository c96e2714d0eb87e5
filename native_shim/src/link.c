#include "link.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "mail.h"
#include "text.h"

enum { WATCH_INTERVAL = 200 }; /* Milliseconds between looks at who the parent is. */
enum { SOON = 150 };           /* Microseconds after a reply in which the next command is worth staying awake for. */

struct description {
    uint64_t version, command, reply, memory, offset, size;
};

/* `key=number` pairs with commas between them. Returns which of the six keys were there, or 0 if it is malformed. */
static unsigned parse_description(const char *text, struct description *result) {
    const char *const keys[] = {"version", "command", "reply", "memory", "offset", "size"};
    uint64_t *const values[] = {&result->version, &result->command, &result->reply,
                                &result->memory,  &result->offset,  &result->size};
    unsigned found = 0;
    while (*text != 0) {
        size_t length = strcspn(text, "=,");
        if (text[length] != '=') {
            return 0;
        }
        const char *digits = text + length + 1;
        if (*digits < '0' || *digits > '9') {
            return 0;
        }
        char *end;
        errno = 0;
        uint64_t number = strtoull(digits, &end, 10);
        if (errno != 0 || (*end != 0 && *end != ',')) {
            return 0;
        }
        for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
            if (strlen(keys[i]) == length && memcmp(text, keys[i], length) == 0) {
                *values[i] = number;
                found |= 1u << i;
            }
        }
        text = *end == ',' ? end + 1 : end;
    }
    return found;
}

static bool header_is_sound(const struct tk_header *header, uint64_t size) {
    uint64_t slots = header->header_size + (uint64_t)header->slot_count * header->slot_size;
    uint64_t pixels_end = (uint64_t)header->pixel_offset + header->pixel_capacity;
    uint64_t limit = header->memory_offset != 0 ? header->memory_offset : header->slot_size;
    return memcmp(header->magic, TK_MAGIC, sizeof header->magic) == 0 && header->version == TK_LINK_VERSION &&
           header->header_size >= sizeof *header && header->header_size % 8 == 0 && header->slot_count >= 2 &&
           header->slot_size % 8 == 0 && slots <= size && header->memory_offset <= header->slot_size &&
           sizeof(struct tk_slot) + 8ull * header->value_capacity <= header->pixel_offset && pixels_end <= limit;
}

static int map_region(struct tk_link *link, const struct description *given, struct tk_error *error) {
    struct stat status;
    if (fstat(link->memory, &status) != 0 || given->size < sizeof(struct tk_header) || given->offset % 4096 != 0 ||
        given->offset > (uint64_t)status.st_size || given->size > (uint64_t)status.st_size - given->offset) {
        return tk_error_set(error, TK_E_PROTOCOL, "the shared memory is not as large as " TK_LINK_VARIABLE " says");
    }
    uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE), skip = given->offset % page;
    uint8_t *start = mmap(NULL, given->size + skip, PROT_READ | PROT_WRITE, MAP_SHARED, link->memory,
                          (off_t)(given->offset - skip));
    if (start == MAP_FAILED) {
        return tk_error_set(error, TK_E_MEMORY, "cannot map the shared memory: %s", strerror(errno));
    }
    link->region = start + skip;
    link->header = (struct tk_header *)(void *)link->region;
    if (!header_is_sound(link->header, given->size)) {
        return tk_error_set(error, TK_E_PROTOCOL, "the header of the shared memory makes no sense");
    }
    link->counter = atomic_load_explicit(&link->header->published, memory_order_acquire);
    link->value_capacity = link->header->value_capacity;
    link->pixel_capacity = link->header->pixel_capacity;
    if (link->header->header_size >= TK_MAIL_END) {
        link->commands = (struct tk_mail *)(void *)(link->region + TK_MAIL_COMMANDS);
        link->replies = (struct tk_mail *)(void *)(link->region + TK_MAIL_REPLIES);
    }
    if (link->header->memory_offset != 0) {
        link->memory_capacity = link->header->slot_size - link->header->memory_offset;
    }
    return TK_OK;
}

int tk_link_open(struct tk_link *link, const char *description, struct tk_error *error) {
    *link = (struct tk_link){.command = -1, .reply = -1, .memory = -1};
    struct description given = {0};
    unsigned found = parse_description(description, &given);
    if ((found & 0x7) != 0x7 || given.command > 65535 || given.reply > 65535 || given.memory > 65535) {
        return tk_error_set(error, TK_E_PROTOCOL, TK_LINK_VARIABLE " is malformed: %s", description);
    }
    link->command = (int)given.command;
    link->reply = (int)given.reply;
    link->memory = (int)given.memory;
    if (given.version != TK_LINK_VERSION) {
        return tk_error_set(error, TK_E_VERSION,
                            "the link has version %llu in the parent and %u in the libretro frontend: build the frontend "
                            "again (make native)",
                            (unsigned long long)given.version, TK_LINK_VERSION);
    }
    if (found != 0x3f) {
        return tk_error_set(error, TK_E_PROTOCOL, TK_LINK_VARIABLE " is malformed: %s", description);
    }
    tk_link_keep_open(link, 0);
    return map_region(link, &given, error);
}

/* The parent may go in two ways: with all its descriptors, so that the command pipe ends; or leaving a copy of the pipe
 * behind in another process. PR_SET_PDEATHSIG is no help: it also fires when only the thread ends that started us. */
static void *watch(void *argument) {
    /* A number, not the link: this thread runs while the process leaves, when the link has been freed. */
    int command = (int)(intptr_t)argument;
    pid_t parent = getppid();
    for (;;) {
        struct pollfd pipe_end = {.fd = command, .events = 0};
        int count = poll(&pipe_end, 1, WATCH_INTERVAL);
        if ((count > 0 && (pipe_end.revents & (POLLHUP | POLLERR | POLLNVAL)) != 0) || getppid() != parent) {
            _exit(TK_EXIT_OK);
        }
    }
    return NULL;
}

int tk_link_watch(struct tk_link *link, struct tk_error *error) {
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before); /* The core's signals are for the core's threads. */
    pthread_t thread;
    int problem = pthread_create(&thread, NULL, watch, (void *)(intptr_t)link->command);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (problem != 0) {
        return tk_error_set(error, TK_E_MEMORY, "cannot start a thread: %s", strerror(problem));
    }
    pthread_detach(thread);
    return TK_OK;
}

/* 1 if everything came, 0 if the pipe ended before. */
static int read_exactly(int descriptor, void *data, size_t size) {
    uint8_t *at = data;
    while (size > 0) {
        ssize_t count = read(descriptor, at, size);
        if (count < 0 && errno == EINTR) {
            continue;
        }
        if (count <= 0) {
            return 0;
        }
        at += count;
        size -= (size_t)count;
    }
    return 1;
}

/* Room for a message, and the byte after it. */
static int make_room(struct tk_link *link, uint32_t length, struct tk_error *error) {
    if (length + 1 > link->capacity) {
        free(link->message);
        link->message = malloc((size_t)length + 1);
        link->capacity = link->message == NULL ? 0 : (size_t)length + 1;
    }
    if (link->message == NULL) {
        return tk_error_set(error, TK_E_MEMORY, "no memory for a message of %u bytes", length);
    }
    return TK_OK;
}

/* The message in the letter box. Returns how long it is, or an error. */
static int64_t take_mail(struct tk_link *link, struct tk_error *error) {
    uint8_t message[sizeof link->commands->message];
    uint32_t length = 0;
    size_t size = tk_mail_take(link->commands, message, sizeof message);
    if (size >= sizeof length) {
        memcpy(&length, message, sizeof length);
    }
    if (length == 0 || length != size - sizeof length) {
        return tk_error_set(error, TK_E_PROTOCOL, "expected a whole message by mail, got %zu bytes of one of %u", size, length);
    }
    int result = make_room(link, length, error);
    if (result < 0) {
        return result;
    }
    memcpy(link->message, message + sizeof length, length);
    return length;
}

/* The next message in the pipe. Returns how long it is, 0 if the pipe has ended, or an error. */
static int64_t read_pipe(struct tk_link *link, struct tk_error *error) {
    uint32_t length;
    if (!read_exactly(link->command, &length, sizeof length)) {
        return 0;
    }
    if (length == 0 || length > TK_MAX_MESSAGE) {
        return tk_error_set(error, TK_E_PROTOCOL, "expected a message of 1 to %u bytes, got %u", TK_MAX_MESSAGE, length);
    }
    int result = make_room(link, length, error);
    if (result < 0) {
        return result;
    }
    return read_exactly(link->command, link->message, length) ? length : 0;
}

int tk_link_read(struct tk_link *link, char **payload, size_t *size, struct tk_error *error) {
    int came;
    /* A parent that has many children does not answer soon, and needs the processor for them. */
    do {
        came = tk_awake_wait(&link->awake, link->command, link->commands, -1, SOON);
    } while (came < 0);
    int64_t length = came == TK_AWAKE_MAIL ? take_mail(link, error) : read_pipe(link, error);
    if (length <= 0) {
        return (int)length;
    }
    link->message[length] = 0;
    *payload = link->message + 1;
    *size = (size_t)length - 1;
    uint8_t kind = (uint8_t)link->message[0];
    return kind == 0 ? TK_UNKNOWN : kind;
}

static void write_exactly(int descriptor, const void *data, size_t size) {
    const uint8_t *at = data;
    while (size > 0) {
        ssize_t count = write(descriptor, at, size);
        if (count < 0 && errno == EINTR) {
            continue;
        }
        if (count <= 0) {
            _exit(TK_EXIT_OK); /* The parent does not listen any more. */
        }
        at += count;
        size -= (size_t)count;
    }
}

void tk_link_send(struct tk_link *link, enum tk_reply kind, const void *payload, size_t size) {
    uint8_t head[5];
    uint32_t length = (uint32_t)size + 1;
    memcpy(head, &length, sizeof length);
    head[4] = (uint8_t)kind;
    write_exactly(link->reply, head, sizeof head);
    write_exactly(link->reply, payload, size);
}

void tk_link_send_error(struct tk_link *link, const struct tk_error *error) {
    struct tk_text text = {0};
    tk_text_print(&text, "{");
    tk_text_member(&text, "kind", tk_error_name(error->code));
    tk_text_print(&text, ", ");
    tk_text_member(&text, "message", error->message);
    tk_text_print(&text, "}");
    static const char EMERGENCY[] = "{\"kind\": \"memory\", \"message\": \"out of memory\"}";
    if (text.failed) {
        tk_link_send(link, TK_ERROR, EMERGENCY, sizeof EMERGENCY - 1);
    } else {
        tk_link_send(link, TK_ERROR, text.data, text.size);
    }
    tk_text_free(&text);
}

/* The reply to a step that has published `counter` times. */
static void make_stepped(const struct tk_link *link, uint64_t counter, uint64_t frame_number, uint8_t *reply) {
    uint32_t length = TK_STEPPED_SIZE - 4, slot = (uint32_t)(counter % link->header->slot_count);
    memcpy(reply, &length, 4);
    reply[4] = TK_STEPPED;
    memcpy(reply + 5, &slot, 4);
    memcpy(reply + 9, &frame_number, 8);
}

static bool post(struct tk_link *link, const uint8_t *reply) {
    return link->replies != NULL && tk_mail_put(link->replies, reply, TK_STEPPED_SIZE);
}

void tk_link_send_stepped(struct tk_link *link, uint64_t frame_number) {
    uint8_t reply[TK_STEPPED_SIZE];
    make_stepped(link, link->counter, frame_number, reply);
    if (!post(link, reply)) {
        write_exactly(link->reply, reply, sizeof reply);
    }
}

bool tk_link_send_early(struct tk_link *link, uint64_t frame_number) {
    uint8_t reply[TK_STEPPED_SIZE];
    make_stepped(link, link->counter + 1, frame_number, reply);
    return post(link, reply);
}

struct tk_slot *tk_link_begin(struct tk_link *link) {
    uint64_t counter = link->counter + 1;
    size_t number = counter % link->header->slot_count;
    uint8_t *at = link->region + link->header->header_size + number * link->header->slot_size;
    struct tk_slot *slot = (struct tk_slot *)(void *)at;
    atomic_store_explicit(&slot->sequence, 2 * counter - 1, memory_order_relaxed);
    /* What is written from here on must not be seen before the odd number. */
    atomic_thread_fence(memory_order_release);
    return slot;
}

uint8_t *tk_link_pixels(struct tk_link *link, struct tk_slot *slot) {
    return (uint8_t *)slot + link->header->pixel_offset;
}

uint8_t *tk_link_memory(struct tk_link *link, struct tk_slot *slot) {
    return (uint8_t *)slot + link->header->memory_offset;
}

void tk_link_publish(struct tk_link *link, struct tk_slot *slot) {
    link->counter++;
    atomic_store_explicit(&slot->sequence, 2 * link->counter, memory_order_release);
    atomic_store_explicit(&link->header->published, link->counter, memory_order_release);
}

void tk_link_keep_open(struct tk_link *link, int keep) {
    const int descriptors[] = {link->command, link->reply, link->memory};
    for (size_t i = 0; i < sizeof descriptors / sizeof *descriptors; i++) {
        int flags = fcntl(descriptors[i], F_GETFD);
        if (flags >= 0) {
            fcntl(descriptors[i], F_SETFD, keep ? flags & ~FD_CLOEXEC : flags | FD_CLOEXEC);
        }
    }
}
