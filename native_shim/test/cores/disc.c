/* Has a drive for discs, which the frontend has no buttons for. */
#include "base.h"

static bool no(bool ejected) {
    (void)ejected;
    return false;
}

bool core_load(const struct retro_game_info *info) {
    struct retro_disk_control_callback drive;
    memset(&drive, 0, sizeof drive);
    drive.set_eject_state = no;
    ram[16] = ask(RETRO_ENVIRONMENT_SET_DISK_CONTROL_INTERFACE, &drive);
    return info != NULL;
}
