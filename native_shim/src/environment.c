#include "environment.h"

#include <math.h>
#include <string.h>

#include "callbacks.h"
#include "frontend.h"

enum { MAX_SIDE = 16384, OPTIONS_VERSION = 2, MESSAGE_VERSION = 1 };

static void set_geometry(struct tk_frontend *frontend, const struct lr_geometry *geometry) {
    if (geometry->base_width <= MAX_SIDE && geometry->base_height <= MAX_SIDE) {
        frontend->core.av.geometry.base_width = geometry->base_width;
        frontend->core.av.geometry.base_height = geometry->base_height;
        frontend->core.av.geometry.aspect_ratio = geometry->aspect_ratio;
    }
}

static void set_av_info(struct tk_frontend *frontend, const struct lr_av_info *av) {
    set_geometry(frontend, &av->geometry);
    frontend->core.av.geometry.max_width = av->geometry.max_width;
    frontend->core.av.geometry.max_height = av->geometry.max_height;
    if (isfinite(av->timing.fps) && av->timing.fps > 0) {
        frontend->core.av.timing.fps = av->timing.fps;
    }
    if (isfinite(av->timing.sample_rate) && av->timing.sample_rate >= 0) {
        frontend->core.av.timing.sample_rate = av->timing.sample_rate;
        tk_audio_want(&frontend->audio, frontend->audio.wanted && !frontend->audio.last_only, frontend->audio.last_only,
                      av->timing.sample_rate);
    }
}

/* Kept as the JSON that the hello has, because the core's texts may not last. */
static void set_controllers(struct tk_frontend *frontend, const struct lr_controllers *ports) {
    struct tk_text *text = &frontend->controllers;
    text->size = 0;
    tk_text_print(text, "[");
    for (unsigned port = 0; port < TK_PLAYERS && ports[port].kinds != NULL; port++) {
        tk_text_print(text, "%s[", port == 0 ? "" : ", ");
        const char *comma = "";
        for (unsigned i = 0; i < ports[port].count; i++) {
            if (ports[port].kinds[i].name != NULL) {
                tk_text_print(text, "%s{", comma);
                tk_text_member(text, "name", ports[port].kinds[i].name);
                tk_text_print(text, ", \"id\": %u}", ports[port].kinds[i].id);
                comma = ", ";
            }
        }
        tk_text_print(text, "]");
    }
    tk_text_print(text, "]");
}

static bool set_variable(struct tk_frontend *frontend, const struct lr_variable *variable) {
    struct tk_error error;
    return variable->key != NULL && variable->value != NULL &&
           tk_options_set(&frontend->options, variable->key, variable->value, &error) >= 0;
}

static bool refuse(struct tk_frontend *frontend, const char *what) {
    tk_log_print(&frontend->log, LR_LOG_INFO, "the core asks for %s, which there is not", what);
    return false;
}

/* What the core only asks for when it hands over a place for the answer. */
static bool give(struct tk_frontend *frontend, unsigned command, void *data) {
    switch (command) {
    case LR_GET_OVERSCAN:
        *(bool *)data = false;
        return true;
    case LR_GET_CAN_DUPE:
        frontend->video.repeats = true;
        *(bool *)data = true;
        return true;
    case LR_GET_SYSTEM_DIRECTORY:
        *(const char **)data = frontend->system != NULL ? frontend->system : frontend->folder;
        return true;
    case LR_GET_CORE_ASSETS_DIRECTORY:
    case LR_GET_SAVE_DIRECTORY:
        *(const char **)data = frontend->folder;
        return true;
    case LR_GET_LIBRETRO_PATH:
        *(const char **)data = frontend->core.path;
        return true;
    case LR_GET_VARIABLE: {
        struct lr_variable *variable = data;
        const char *value = variable->key == NULL ? NULL : tk_options_get(&frontend->options, variable->key);
        if (value != NULL || !frontend->options.silent) {
            variable->value = value;
        } /* Else it stays as it is: some cores look at it whatever we say, as if it were this option's. */
        return value != NULL;
    }
    case LR_GET_VARIABLE_UPDATE:
        *(bool *)data = frontend->options.changed;
        frontend->options.changed = false;
        return true;
    case LR_GET_INPUT_DEVICE_CAPABILITIES:
        *(uint64_t *)data = 1u << LR_DEVICE_JOYPAD | 1u << LR_DEVICE_MOUSE | 1u << LR_DEVICE_KEYBOARD |
                            1u << LR_DEVICE_LIGHTGUN | 1u << LR_DEVICE_ANALOG | 1u << LR_DEVICE_POINTER;
        return true;
    case LR_GET_LOG_INTERFACE:
        ((struct lr_log_callback *)data)->log = tk_callbacks_log;
        return true;
    case LR_GET_USERNAME:
        *(const char **)data = "player";
        return true;
    case LR_GET_LANGUAGE:
        *(unsigned *)data = 0; /* English */
        return true;
    case LR_GET_FASTFORWARDING:
        *(bool *)data = false;
        return true;
    case LR_GET_CORE_OPTIONS_VERSION:
        *(unsigned *)data = OPTIONS_VERSION;
        return true;
    case LR_GET_MESSAGE_INTERFACE_VERSION:
        *(unsigned *)data = MESSAGE_VERSION;
        return true;
    case LR_GET_INPUT_MAX_USERS:
        *(unsigned *)data = TK_PLAYERS;
        return true;
    case LR_GET_SAVESTATE_CONTEXT:
        *(int *)data = 0; /* An ordinary state, which may outlive the process. */
        return true;
    default:
        tk_log_print(&frontend->log, LR_LOG_DEBUG, "environment command %u is not answered", command & ~LR_EXPERIMENTAL);
        return false;
    }
}

enum answer { NO, YES, NOT_TOLD };

/* What the core tells us; NOT_TOLD if the command is none of those. */
static enum answer take(struct tk_frontend *frontend, unsigned command, const void *data) {
    switch (command) {
    case LR_SET_ROTATION:
        frontend->video.rotation = *(const unsigned *)data % 4;
        return YES;
    case LR_SET_MESSAGE:
        tk_log_print(&frontend->log, LR_LOG_INFO, "the core says: %s", ((const struct lr_message *)data)->text);
        return YES;
    case LR_SET_MESSAGE_EXT:
        tk_log_print(&frontend->log, ((const struct lr_message_ext *)data)->level, "the core says: %s",
                     ((const struct lr_message_ext *)data)->text);
        return YES;
    case LR_SET_PERFORMANCE_LEVEL:
    case LR_SET_INPUT_DESCRIPTORS:
    case LR_SET_SUBSYSTEM_INFO:
    case LR_SET_SUPPORT_ACHIEVEMENTS:
    case LR_SET_SERIALIZATION_QUIRKS:
    case LR_SET_CORE_OPTIONS_DISPLAY:
    case LR_SET_CORE_OPTIONS_UPDATE_DISPLAY_CALLBACK:
        return YES; /* Good to know, but nothing follows from it. */
    case LR_SET_PIXEL_FORMAT:
        return tk_video_set_format(&frontend->video, *(const int *)data) ? YES : NO;
    case LR_SET_KEYBOARD_CALLBACK:
        frontend->input.on_key = ((const struct lr_keyboard_callback *)data)->key;
        return YES;
    case LR_SET_FRAME_TIME_CALLBACK:
        frontend->frame_time = *(const struct lr_frame_time_callback *)data;
        return YES;
    case LR_SET_VARIABLES:
        tk_options_declare_variables(&frontend->options, data);
        return YES;
    case LR_SET_CORE_OPTIONS:
        tk_options_declare(&frontend->options, data);
        return YES;
    case LR_SET_CORE_OPTIONS_INTL:
        tk_options_declare(&frontend->options, ((const struct lr_options_intl *)data)->us);
        return YES;
    case LR_SET_CORE_OPTIONS_V2:
        tk_options_declare_v2(&frontend->options, data);
        return YES;
    case LR_SET_CORE_OPTIONS_V2_INTL:
        tk_options_declare_v2(&frontend->options, ((const struct lr_options_v2_intl *)data)->us);
        return YES;
    case LR_SET_VARIABLE:
        return set_variable(frontend, data) ? YES : NO;
    case LR_SET_SUPPORT_NO_GAME:
        frontend->no_game = *(const bool *)data;
        return YES;
    case LR_SET_SYSTEM_AV_INFO:
        set_av_info(frontend, data);
        return YES;
    case LR_SET_GEOMETRY:
        set_geometry(frontend, data);
        return YES;
    case LR_SET_CONTROLLER_INFO:
        set_controllers(frontend, data);
        return YES;
    case LR_SET_MEMORY_MAPS:
        tk_memory_set_map(&frontend->memory, data);
        return YES;
    default:
        return NOT_TOLD;
    }
}

bool tk_environment_answer(struct tk_frontend *frontend, unsigned command, void *data) {
    switch (command) {
    case LR_GET_INPUT_BITMASKS:
        return true; /* With a place for an answer or without. */
    case LR_GET_AUDIO_VIDEO_ENABLE:
        if (data != NULL) {
            /* Sound is always made, because in some consoles it is a part of the state. */
            *(int *)data = LR_ENABLE_AUDIO | (frontend->drawing ? LR_ENABLE_VIDEO : 0);
        }
        return true;
    case LR_SHUTDOWN:
        frontend->shut_down = true;
        return true;
    case LR_SET_HW_RENDER:
        frontend->hardware = true;
        return refuse(frontend, "hardware rendering");
    case LR_SET_DISK_CONTROL_INTERFACE:
    case LR_SET_DISK_CONTROL_EXT_INTERFACE:
    case LR_GET_DISK_CONTROL_INTERFACE_VERSION:
        return refuse(frontend, "disc control");
    default:
        break;
    }
    if (data == NULL) {
        /* With nothing, cores ask whether there is such a thing, or take something back. */
        return command == LR_SET_VARIABLE;
    }
    enum answer answer = take(frontend, command, data);
    return answer == NOT_TOLD ? give(frontend, command, data) : answer == YES;
}
