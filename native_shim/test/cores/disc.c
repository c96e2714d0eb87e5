/* Has a drive for discs, which the frontend has no buttons for. */
#include "base.h"

struct drive {
    bool (*set_eject_state)(bool ejected);
    bool (*get_eject_state)(void);
    unsigned (*get_image_index)(void);
    bool (*set_image_index)(unsigned index);
    unsigned (*get_num_images)(void);
    bool (*replace_image_index)(unsigned index, const struct lr_game_info *info);
    bool (*add_image_index)(void);
};

static bool no(bool ejected) {
    (void)ejected;
    return false;
}

bool core_load(const struct lr_game_info *info) {
    struct drive drive;
    memset(&drive, 0, sizeof drive);
    drive.set_eject_state = no;
    ram[16] = ask(LR_SET_DISK_CONTROL_INTERFACE, &drive);
    return info != NULL;
}
