/* The part of libretro's binary interface that this frontend uses, declared anew: numbers, structures, functions.
 *
 * A core is a shared library with the functions of `struct lr_functions`; the frontend hands it callbacks, and the core
 * asks for everything else through one of them, the environment, by number. */
#ifndef LR_ABI_H
#define LR_ABI_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LR_API_VERSION 1u

/* Numbers of environment commands. Those that libretro calls experimental have this bit set. */
#define LR_EXPERIMENTAL 0x10000u

enum lr_command {
    LR_SET_ROTATION = 1,
    LR_GET_OVERSCAN = 2,
    LR_GET_CAN_DUPE = 3,
    LR_SET_MESSAGE = 6,
    LR_SHUTDOWN = 7,
    LR_SET_PERFORMANCE_LEVEL = 8,
    LR_GET_SYSTEM_DIRECTORY = 9,
    LR_SET_PIXEL_FORMAT = 10,
    LR_SET_INPUT_DESCRIPTORS = 11,
    LR_SET_KEYBOARD_CALLBACK = 12,
    LR_SET_DISK_CONTROL_INTERFACE = 13,
    LR_SET_HW_RENDER = 14,
    LR_GET_VARIABLE = 15,
    LR_SET_VARIABLES = 16,
    LR_GET_VARIABLE_UPDATE = 17,
    LR_SET_SUPPORT_NO_GAME = 18,
    LR_GET_LIBRETRO_PATH = 19,
    LR_SET_FRAME_TIME_CALLBACK = 21,
    LR_SET_AUDIO_CALLBACK = 22,
    LR_GET_RUMBLE_INTERFACE = 23,
    LR_GET_INPUT_DEVICE_CAPABILITIES = 24,
    LR_GET_LOG_INTERFACE = 27,
    LR_GET_PERF_INTERFACE = 28,
    LR_GET_CORE_ASSETS_DIRECTORY = 30,
    LR_GET_SAVE_DIRECTORY = 31,
    LR_SET_SYSTEM_AV_INFO = 32,
    LR_SET_SUBSYSTEM_INFO = 34,
    LR_SET_CONTROLLER_INFO = 35,
    LR_SET_MEMORY_MAPS = 36 | (int)LR_EXPERIMENTAL,
    LR_SET_GEOMETRY = 37,
    LR_GET_USERNAME = 38,
    LR_GET_LANGUAGE = 39,
    LR_SET_SUPPORT_ACHIEVEMENTS = 42 | (int)LR_EXPERIMENTAL,
    LR_SET_SERIALIZATION_QUIRKS = 44,
    LR_GET_AUDIO_VIDEO_ENABLE = 47 | (int)LR_EXPERIMENTAL,
    LR_GET_FASTFORWARDING = 49 | (int)LR_EXPERIMENTAL,
    LR_GET_INPUT_BITMASKS = 51 | (int)LR_EXPERIMENTAL,
    LR_GET_CORE_OPTIONS_VERSION = 52,
    LR_SET_CORE_OPTIONS = 53,
    LR_SET_CORE_OPTIONS_INTL = 54,
    LR_SET_CORE_OPTIONS_DISPLAY = 55,
    LR_GET_DISK_CONTROL_INTERFACE_VERSION = 57,
    LR_SET_DISK_CONTROL_EXT_INTERFACE = 58,
    LR_GET_MESSAGE_INTERFACE_VERSION = 59,
    LR_SET_MESSAGE_EXT = 60,
    LR_GET_INPUT_MAX_USERS = 61,
    LR_SET_CORE_OPTIONS_V2 = 67,
    LR_SET_CORE_OPTIONS_V2_INTL = 68,
    LR_SET_CORE_OPTIONS_UPDATE_DISPLAY_CALLBACK = 69,
    LR_SET_VARIABLE = 70,
    LR_GET_SAVESTATE_CONTEXT = 72 | (int)LR_EXPERIMENTAL,
};

enum lr_pixel_format { LR_PIXEL_0RGB1555 = 0, LR_PIXEL_XRGB8888 = 1, LR_PIXEL_RGB565 = 2 };

enum lr_region { LR_REGION_NTSC = 0, LR_REGION_PAL = 1 };

enum lr_memory { LR_MEMORY_SAVE_RAM = 0, LR_MEMORY_RTC = 1, LR_MEMORY_SYSTEM_RAM = 2, LR_MEMORY_VIDEO_RAM = 3 };

enum lr_device {
    LR_DEVICE_NONE = 0,
    LR_DEVICE_JOYPAD = 1,
    LR_DEVICE_MOUSE = 2,
    LR_DEVICE_KEYBOARD = 3,
    LR_DEVICE_LIGHTGUN = 4,
    LR_DEVICE_ANALOG = 5,
    LR_DEVICE_POINTER = 6,
};
#define LR_DEVICE_MASK 0xffu /* The rest of a device's number is a kind of the core's own. */

#define LR_JOYPAD_BUTTONS 16
#define LR_JOYPAD_ALL 256u /* The id that asks for all buttons as one mask. */

enum lr_analog { LR_ANALOG_LEFT = 0, LR_ANALOG_RIGHT = 1, LR_ANALOG_BUTTON = 2 };

enum lr_mouse {
    LR_MOUSE_X = 0,
    LR_MOUSE_Y = 1,
    LR_MOUSE_LEFT = 2,
    LR_MOUSE_RIGHT = 3,
    LR_MOUSE_WHEELUP = 4,
    LR_MOUSE_WHEELDOWN = 5,
    LR_MOUSE_MIDDLE = 6,
    LR_MOUSE_HORIZ_WHEELUP = 7,
    LR_MOUSE_HORIZ_WHEELDOWN = 8,
    LR_MOUSE_BUTTON_4 = 9,
    LR_MOUSE_BUTTON_5 = 10,
};

enum lr_lightgun {
    LR_LIGHTGUN_TRIGGER = 2,
    LR_LIGHTGUN_AUX_A = 3,
    LR_LIGHTGUN_AUX_B = 4,
    LR_LIGHTGUN_PAUSE = 5, /* What older cores call START. */
    LR_LIGHTGUN_START = 6,
    LR_LIGHTGUN_SELECT = 7,
    LR_LIGHTGUN_AUX_C = 8,
    LR_LIGHTGUN_DPAD_UP = 9,
    LR_LIGHTGUN_DPAD_DOWN = 10,
    LR_LIGHTGUN_DPAD_LEFT = 11,
    LR_LIGHTGUN_DPAD_RIGHT = 12,
    LR_LIGHTGUN_SCREEN_X = 13,
    LR_LIGHTGUN_SCREEN_Y = 14,
    LR_LIGHTGUN_OFFSCREEN = 15,
    LR_LIGHTGUN_RELOAD = 16,
};

enum lr_pointer { LR_POINTER_X = 0, LR_POINTER_Y = 1, LR_POINTER_PRESSED = 2, LR_POINTER_COUNT = 3 };

enum lr_log_level { LR_LOG_DEBUG = 0, LR_LOG_INFO = 1, LR_LOG_WARNING = 2, LR_LOG_ERROR = 3 };

enum lr_modifier { LR_MODIFIER_SHIFT = 1, LR_MODIFIER_CTRL = 2, LR_MODIFIER_ALT = 4, LR_MODIFIER_META = 8 };

/* Answer to LR_GET_AUDIO_VIDEO_ENABLE. */
enum lr_enable { LR_ENABLE_VIDEO = 1, LR_ENABLE_AUDIO = 2 };

/* Flags of a memory descriptor. */
enum lr_memory_flag { LR_MEMDESC_CONST = 1, LR_MEMDESC_BIG_ENDIAN = 2, LR_MEMDESC_SAVE_RAM = 8 };

/* The frame pointer of a core that draws with the graphics hardware. */
#define LR_HARDWARE_FRAME ((const void *)-1)

struct lr_system_info {
    const char *library_name;
    const char *library_version;
    const char *valid_extensions;
    bool need_fullpath;
    bool block_extract;
};

struct lr_geometry {
    unsigned base_width, base_height;
    unsigned max_width, max_height;
    float aspect_ratio;
};

struct lr_av_info {
    struct lr_geometry geometry;
    struct {
        double fps, sample_rate;
    } timing;
};

struct lr_game_info {
    const char *path;
    const void *data;
    size_t size;
    const char *meta;
};

struct lr_variable {
    const char *key;
    const char *value;
};

#define LR_OPTION_VALUES 128

struct lr_option_value {
    const char *value, *label;
};

struct lr_option {
    const char *key, *description, *info;
    struct lr_option_value values[LR_OPTION_VALUES];
    const char *default_value;
};

struct lr_options_intl {
    const struct lr_option *us, *local;
};

struct lr_option_v2 {
    const char *key, *description, *description_in_category, *info, *info_in_category, *category;
    struct lr_option_value values[LR_OPTION_VALUES];
    const char *default_value;
};

struct lr_options_v2 {
    const void *categories;
    const struct lr_option_v2 *options;
};

struct lr_options_v2_intl {
    const struct lr_options_v2 *us, *local;
};

struct lr_memory_descriptor {
    uint64_t flags;
    void *pointer;
    size_t offset, start, select, disconnect, length;
    const char *space;
};

struct lr_memory_map {
    const struct lr_memory_descriptor *descriptors;
    unsigned count;
};

struct lr_controller {
    const char *name;
    unsigned id;
};

struct lr_controllers {
    const struct lr_controller *kinds;
    unsigned count;
};

struct lr_message {
    const char *text;
    unsigned frames;
};

struct lr_message_ext {
    const char *text;
    unsigned duration, priority;
    int level, target, type;
    int8_t progress;
};

typedef void (*lr_log_function)(int level, const char *format, ...);
struct lr_log_callback {
    lr_log_function log;
};

typedef void (*lr_keyboard_function)(bool down, unsigned key, uint32_t character, uint16_t modifiers);
struct lr_keyboard_callback {
    lr_keyboard_function key;
};

typedef void (*lr_frame_time_function)(int64_t microseconds);
struct lr_frame_time_callback {
    lr_frame_time_function tell;
    int64_t reference;
};

typedef bool (*lr_environment)(unsigned command, void *data);
typedef void (*lr_video_refresh)(const void *data, unsigned width, unsigned height, size_t pitch);
typedef void (*lr_audio_sample)(int16_t left, int16_t right);
typedef size_t (*lr_audio_batch)(const int16_t *data, size_t frames);
typedef void (*lr_input_poll)(void);
typedef int16_t (*lr_input_state)(unsigned port, unsigned device, unsigned index, unsigned id);

/* Every function that a core must have: its result, its name without retro_, its arguments. */
#define LR_FUNCTIONS(F)                                                                                                \
    F(void, set_environment, (lr_environment))                                                                         \
    F(void, set_video_refresh, (lr_video_refresh))                                                                     \
    F(void, set_audio_sample, (lr_audio_sample))                                                                       \
    F(void, set_audio_sample_batch, (lr_audio_batch))                                                                  \
    F(void, set_input_poll, (lr_input_poll))                                                                           \
    F(void, set_input_state, (lr_input_state))                                                                         \
    F(void, init, (void))                                                                                              \
    F(void, deinit, (void))                                                                                            \
    F(unsigned, api_version, (void))                                                                                   \
    F(void, get_system_info, (struct lr_system_info *))                                                                \
    F(void, get_system_av_info, (struct lr_av_info *))                                                                 \
    F(void, set_controller_port_device, (unsigned port, unsigned device))                                              \
    F(void, reset, (void))                                                                                             \
    F(void, run, (void))                                                                                               \
    F(size_t, serialize_size, (void))                                                                                  \
    F(bool, serialize, (void *data, size_t size))                                                                      \
    F(bool, unserialize, (const void *data, size_t size))                                                              \
    F(void, cheat_reset, (void))                                                                                       \
    F(void, cheat_set, (unsigned index, bool enabled, const char *code))                                               \
    F(bool, load_game, (const struct lr_game_info *))                                                                  \
    F(void, unload_game, (void))                                                                                       \
    F(unsigned, get_region, (void))                                                                                    \
    F(void *, get_memory_data, (unsigned id))                                                                          \
    F(size_t, get_memory_size, (unsigned id))

#define LR_MEMBER(result, name, arguments) result(*name) arguments;
struct lr_functions {
    LR_FUNCTIONS(LR_MEMBER)
};
#undef LR_MEMBER

#endif
