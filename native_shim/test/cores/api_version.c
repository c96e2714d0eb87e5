/* Of a libretro that is not ours. */
#include "base.h"

unsigned retro_api_version(void) {
    return 77;
}
