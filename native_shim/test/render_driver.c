/* For the sanitizers: views of pictures, all of random sizes, each in memory that is exactly as large as it must be.
 *
 *     render_driver COUNT SEED
 */
#include <stdint.h>
#include <stdlib.h>

struct toolkit_view {
    uint32_t gray, x, y, width, height, scaled_width, scaled_height;
};

int toolkit_render(const struct toolkit_view *view, uint8_t *picture, uint8_t *before, uint32_t width, uint32_t height,
                   uint8_t *to);

static uint32_t state;

static uint32_t below(uint32_t limit) {
    state = state * 1664525u + 1013904223u;
    return (state >> 8) % limit;
}

static uint8_t *noise(size_t size) {
    uint8_t *bytes = malloc(size);
    for (size_t i = 0; i < size; i++) {
        bytes[i] = (uint8_t)below(256);
    }
    return bytes;
}

int main(int count, char **arguments) {
    if (count != 3) {
        return 2;
    }
    state = (uint32_t)atoi(arguments[2]);
    for (int left = atoi(arguments[1]); left > 0; left--) {
        uint32_t width = 1 + below(70), height = 1 + below(20), made_width = width, made_height = height;
        struct toolkit_view view = {.gray = below(2)};
        if (below(2)) {
            view.x = below(80), view.y = below(25);
            made_width = view.width = 1 + below(80), made_height = view.height = 1 + below(25);
        }
        if (below(2)) {
            made_width = view.scaled_width = 1 + below(90), made_height = view.scaled_height = 1 + below(30);
        }
        uint8_t *picture = noise(4 * (size_t)width * height), *to = malloc((view.gray ? 1 : 3) * (size_t)made_width * made_height);
        uint8_t *before = below(2) ? noise(4 * (size_t)width * height) : NULL;
        if (toolkit_render(&view, picture, before, width, height, to) != 0) {
            return 1;
        }
        free(picture);
        free(before);
        free(to);
    }
    return 0;
}
