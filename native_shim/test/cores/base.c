/* The core that counts frames; see base.h. */
#include "base.h"

#define WEAK __attribute__((weak, visibility("default")))

uint8_t ram[RAM_SIZE];
retro_environment_t ask;
retro_video_refresh_t show;
retro_audio_sample_t play;
retro_audio_sample_batch_t play_batch;
retro_input_poll_t poll_input;
retro_input_state_t input;
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
        if (input(0, RETRO_DEVICE_JOYPAD, 0, button))
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

WEAK bool core_load(const struct retro_game_info *info) {
    return info != NULL;
}

WEAK unsigned retro_api_version(void) {
    return RETRO_API_VERSION;
}

WEAK void retro_set_environment(retro_environment_t callback) {
    ask = callback;
}

WEAK void retro_set_video_refresh(retro_video_refresh_t callback) {
    show = callback;
}

WEAK void retro_set_audio_sample(retro_audio_sample_t callback) {
    play = callback;
}

WEAK void retro_set_audio_sample_batch(retro_audio_sample_batch_t callback) {
    play_batch = callback;
}

WEAK void retro_set_input_poll(retro_input_poll_t callback) {
    poll_input = callback;
}

WEAK void retro_set_input_state(retro_input_state_t callback) {
    input = callback;
}

WEAK void retro_init(void) {
    memset(ram, 0, sizeof ram);
}

WEAK void retro_deinit(void) {
}

WEAK void retro_get_system_info(struct retro_system_info *info) {
    memset(info, 0, sizeof *info);
    info->library_name = "Tiny";
    info->library_version = "1.0";
    info->valid_extensions = "bin|rom";
}

WEAK void retro_get_system_av_info(struct retro_system_av_info *info) {
    memset(info, 0, sizeof *info);
    info->geometry.base_width = info->geometry.max_width = WIDTH;
    info->geometry.base_height = info->geometry.max_height = HEIGHT;
    info->timing.fps = FPS;
    info->timing.sample_rate = SAMPLE_RATE;
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

WEAK bool retro_load_game(const struct retro_game_info *info) {
    enum retro_pixel_format format = RETRO_PIXEL_FORMAT_XRGB8888;
    if (!ask(RETRO_ENVIRONMENT_SET_PIXEL_FORMAT, &format))
        return false;
    game_size = 0;
    if (info && info->data) {
        game_size = info->size;
        memset(game, 0, sizeof game);
        memcpy(game, info->data, info->size < sizeof game - 1 ? info->size : sizeof game - 1);
    }
    return core_load(info);
}

WEAK bool retro_load_game_special(unsigned type, const struct retro_game_info *info, size_t count) {
    (void)type;
    (void)info;
    (void)count;
    return false;
}

WEAK void retro_unload_game(void) {
}

WEAK unsigned retro_get_region(void) {
    return RETRO_REGION_NTSC;
}

WEAK void *retro_get_memory_data(unsigned id) {
    return id == RETRO_MEMORY_SYSTEM_RAM ? ram : NULL;
}

WEAK size_t retro_get_memory_size(unsigned id) {
    return id == RETRO_MEMORY_SYSTEM_RAM ? sizeof ram : 0;
}
