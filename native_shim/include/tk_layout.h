/* The shared memory of the link and its numbers: toolkit/link/layout.py in C. docs/link.md says what they mean. */
#ifndef TK_LAYOUT_H
#define TK_LAYOUT_H

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

#define TK_LINK_VERSION 1u
#define TK_LINK_VARIABLE "TOOLKIT_LINK"
#define TK_MAGIC "COINLINK"
#define TK_MAX_MESSAGE (1u << 28)

enum tk_command { TK_STEP = 1, TK_CALL = 2, TK_STEP_INTO = 3 };
enum tk_reply { TK_STEPPED = 1, TK_RESULT = 2, TK_ERROR = 3 };
/* A whole STEPPED message: length, kind, slot and frame number. */
#define TK_STEPPED_SIZE 17u
enum tk_pixels { TK_PIXELS_NONE = 0, TK_PIXELS_BGRX = 1, TK_PIXELS_RGB24 = 2, TK_PIXELS_GRAY8 = 3 };

struct tk_header {
    char magic[8];
    uint32_t version;
    uint32_t header_size;
    uint32_t slot_count;
    uint32_t slot_size;
    uint32_t value_capacity;
    uint32_t pixel_offset;
    uint32_t pixel_capacity;
    uint32_t memory_offset; /* 0: slots have no room for memory. */
    _Atomic uint64_t published;
};

/* Where in a region, if the header is so large, the two letter boxes are: of the child, for commands, and of the parent. */
#define TK_MAIL_COMMANDS 256u
#define TK_MAIL_REPLIES 512u
#define TK_MAIL_END 768u

enum tk_mail_state { TK_MAIL_SHUT = 0, TK_MAIL_OPEN = 1, TK_MAIL_FULL = 2 };

struct tk_mail {
    _Atomic uint32_t state;
    uint32_t size;
    uint8_t message[248];
};

struct tk_slot {
    _Atomic uint64_t sequence;
    uint64_t frame_number;
    uint32_t width;
    uint32_t height;
    uint32_t stride;
    uint32_t format;
    uint32_t value_count;
    uint32_t flags; /* Bit 0: behind the frame's pixels lie those of the frame before. Never set here, where frames are blended. */
    uint64_t memory_size;
    int64_t values[];
};

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "the link is little-endian, and written as it lies in memory");
_Static_assert(sizeof(_Atomic uint64_t) == 8, "an atomic number is as large as a plain one");
_Static_assert(offsetof(struct tk_header, version) == 8, "version");
_Static_assert(offsetof(struct tk_header, header_size) == 12, "header_size");
_Static_assert(offsetof(struct tk_header, slot_count) == 16, "slot_count");
_Static_assert(offsetof(struct tk_header, slot_size) == 20, "slot_size");
_Static_assert(offsetof(struct tk_header, value_capacity) == 24, "value_capacity");
_Static_assert(offsetof(struct tk_header, pixel_offset) == 28, "pixel_offset");
_Static_assert(offsetof(struct tk_header, pixel_capacity) == 32, "pixel_capacity");
_Static_assert(offsetof(struct tk_header, memory_offset) == 36, "memory_offset");
_Static_assert(offsetof(struct tk_header, published) == 40, "published");
_Static_assert(sizeof(struct tk_header) == 48, "header");
_Static_assert(sizeof(struct tk_mail) == 256, "mail");
_Static_assert(offsetof(struct tk_slot, frame_number) == 8, "frame_number");
_Static_assert(offsetof(struct tk_slot, width) == 16, "width");
_Static_assert(offsetof(struct tk_slot, height) == 20, "height");
_Static_assert(offsetof(struct tk_slot, stride) == 24, "stride");
_Static_assert(offsetof(struct tk_slot, format) == 28, "format");
_Static_assert(offsetof(struct tk_slot, value_count) == 32, "value_count");
_Static_assert(offsetof(struct tk_slot, flags) == 36, "flags");
_Static_assert(offsetof(struct tk_slot, memory_size) == 40, "memory_size");
_Static_assert(offsetof(struct tk_slot, values) == 48, "values");

#endif
