/* Its state becomes larger with every frame, and it writes all that it promised. */
#include "base.h"

size_t retro_serialize_size(void) {
    return RAM_SIZE + 1000 * (size_t)get32(ram);
}

bool retro_serialize(void *data, size_t size) {
    if (size < retro_serialize_size())
        return false;
    memset(data, 0xEE, retro_serialize_size());
    memcpy(data, ram, sizeof ram);
    return true;
}

bool retro_unserialize(const void *data, size_t size) {
    if (size < RAM_SIZE || size < RAM_SIZE + 1000 * (size_t)get32(data))
        return false;
    memcpy(ram, data, sizeof ram);
    return true;
}
