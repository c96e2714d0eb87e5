/* The core that counts frames; see base.h. */
#include "base.h"

#define WEAK __attribute__((weak))

uint8_t ram[RAM_SIZE];
lr_environment ask;
lr_video_refresh show;
lr_audio_sample play;
lr_audio_batch play_batch;
lr_input_poll poll_input;
lr_input_state input;
char game[4096];
size_t game_size;

uint32_t get32(const uint8_t *at) {
    return at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
}

void put16(uint8_t *at, uint16_t value) {
    at[0] = (uint8_t)value;
    at[1] = (uint8_t)(value >> 8);
}

void put32(uint8_t *at, uint32_t value) {
    put16(at, (uint16_t)value);
    put16(at + 2, (uint16_t)(value >> 16));
}

WEAK void core_think(void) {
    uint16_t held = 0;
    for (unsigned button = 0; button < 16; button++)
        if (input(0, LR_DEVICE_JOYPAD, 0, button))
            held |= (uint16_t)(1 << button);
    put32(ram, get32(ram) + 1);
    put16(ram + 4, held);
    put32(ram + 8, get32(ram + 8) * 1664525u + held + 1);
}

WEAK void core_draw(void) {
    static uint32_t picture[HEIGHT][WIDTH];
    uint32_t frames = get32(ram), mixed = get32(ram + 8);
    for (uint32_t y = 0; y < HEIGHT; y++)
        for (uint32_t x = 0; x < WIDTH; x++)
            picture[y][x] = (mixed >> 8) + frames * 0x010203u + x * 0x100010u + y * 0x001100u;
    picture[0][0] = frames;
    picture[0][1] = mixed;
    show(picture, WIDTH, HEIGHT, sizeof picture[0]);
}

WEAK void core_sound(void) {
}

WEAK bool core_load(const struct lr_game_info *info) {
    return info != NULL;
}

WEAK unsigned retro_api_version(void) {
    return LR_API_VERSION;
}

WEAK void retro_set_environment(lr_environment callback) {
    ask = callback;
}

WEAK void retro_set_video_refresh(lr_video_refresh callback) {
    show = callback;
}

WEAK void retro_set_audio_sample(lr_audio_sample callback) {
    play = callback;
}

WEAK void retro_set_audio_sample_batch(lr_audio_batch callback) {
    play_batch = callback;
}

WEAK void retro_set_input_poll(lr_input_poll callback) {
    poll_input = callback;
}

WEAK void retro_set_input_state(lr_input_state callback) {
    input = callback;
}

WEAK void retro_init(void) {
    memset(ram, 0, sizeof ram);
}

WEAK void retro_deinit(void) {
}

WEAK void retro_get_system_info(struct lr_system_info *info) {
    memset(info, 0, sizeof *info);
    info->library_name = "Tiny";
    info->library_version = "1.0";
    info->valid_extensions = "bin|rom";
}

void describe(struct lr_av_info *info, unsigned width, unsigned height) {
    memset(info, 0, sizeof *info);
    info->geometry.base_width = info->geometry.max_width = width;
    info->geometry.base_height = info->geometry.max_height = height;
    info->timing.fps = FPS;
    info->timing.sample_rate = SAMPLE_RATE;
}

WEAK void retro_get_system_av_info(struct lr_av_info *info) {
    describe(info, WIDTH, HEIGHT);
}

WEAK void retro_set_controller_port_device(unsigned port, unsigned device) {
    (void)port;
    (void)device;
}

/* The reset button: memory stays. */
WEAK void retro_reset(void) {
    ram[6]++;
}

WEAK void retro_run(void) {
    poll_input();
    core_think();
    core_draw();
    core_sound();
}

WEAK size_t retro_serialize_size(void) {
    return sizeof ram;
}

WEAK bool retro_serialize(void *data, size_t size) {
    if (size < sizeof ram)
        return false;
    memcpy(data, ram, sizeof ram);
    return true;
}

WEAK bool retro_unserialize(const void *data, size_t size) {
    if (size < sizeof ram)
        return false;
    memcpy(ram, data, sizeof ram);
    return true;
}

WEAK void retro_cheat_reset(void) {
}

WEAK void retro_cheat_set(unsigned index, bool enabled, const char *code) {
    (void)index;
    (void)enabled;
    (void)code;
}

WEAK bool retro_load_game(const struct lr_game_info *info) {
    enum lr_pixel_format format = LR_PIXEL_XRGB8888;
    if (!ask(LR_SET_PIXEL_FORMAT, &format))
        return false;
    game_size = 0;
    if (info && info->data) {
        game_size = info->size;
        memset(game, 0, sizeof game);
        memcpy(game, info->data, info->size < sizeof game - 1 ? info->size : sizeof game - 1);
    }
    return core_load(info);
}

WEAK void retro_unload_game(void) {
}

WEAK unsigned retro_get_region(void) {
    return LR_REGION_NTSC;
}

WEAK void *retro_get_memory_data(unsigned id) {
    return id == LR_MEMORY_SYSTEM_RAM ? ram : NULL;
}

WEAK size_t retro_get_memory_size(unsigned id) {
    return id == LR_MEMORY_SYSTEM_RAM ? sizeof ram : 0;
}
