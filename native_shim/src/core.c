#include "core.h"

#include <dlfcn.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "file.h"

enum { MAX_SIDE = 16384 };

/* Cores whose states leave out parts of the machine: Stella's do not have where a paddle is turned to, for example. A table,
 * because nothing else tells: most games never show it. */
static const char *const PARTIAL_STATES[] = {"Stella", "Stella 2014", "Stella 2023"};

static bool has_partial_states(const char *name) {
    for (size_t i = 0; i < sizeof PARTIAL_STATES / sizeof *PARTIAL_STATES; i++) {
        if (strcmp(name, PARTIAL_STATES[i]) == 0) {
            return true;
        }
    }
    return false;
}

static int find_functions(struct tk_core *core, struct tk_error *error) {
    /* POSIX says that a function's address fits an object pointer; C does not, hence the copy. */
#define FIND(result, name, arguments)                                                                                  \
    {                                                                                                                  \
        void *address = dlsym(core->library, "retro_" #name);                                                          \
        if (address == NULL) {                                                                                         \
            return tk_error_set(error, TK_E_CORE, "%s is no libretro core: it has no retro_" #name, core->path);       \
        }                                                                                                              \
        memcpy(&core->call.name, &address, sizeof address);                                                            \
    }
    LR_FUNCTIONS(FIND)
#undef FIND
    return TK_OK;
}

int tk_core_open(struct tk_core *core, const char *path, struct tk_error *error) {
    *core = (struct tk_core){.path = path};
    core->library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (core->library == NULL) {
        return tk_error_set(error, TK_E_CORE, "cannot load the core %s: %s", path, dlerror());
    }
    int result = find_functions(core, error);
    if (result < 0) {
        return result;
    }
    unsigned version = core->call.api_version();
    if (version != LR_API_VERSION) {
        return tk_error_set(error, TK_E_CORE, "%s has version %u of libretro's interface; this frontend has %u", path,
                            version, LR_API_VERSION);
    }
    struct lr_system_info info = {0};
    core->call.get_system_info(&info);
    core->name = strdup(info.library_name == NULL ? "" : info.library_name);
    core->version = strdup(info.library_version == NULL ? "" : info.library_version);
    core->extensions = strdup(info.valid_extensions == NULL ? "" : info.valid_extensions);
    core->need_fullpath = info.need_fullpath;
    if (core->name == NULL || core->version == NULL || core->extensions == NULL) {
        return tk_error_set(error, TK_E_MEMORY, "no memory");
    }
    core->partial_states = has_partial_states(core->name);
    return TK_OK;
}

void tk_core_start(struct tk_core *core, const struct tk_core_callbacks *callbacks) {
    core->call.set_environment(callbacks->environment);
    core->call.set_video_refresh(callbacks->video);
    core->call.set_audio_sample(callbacks->sample);
    core->call.set_audio_sample_batch(callbacks->batch);
    core->call.set_input_poll(callbacks->poll);
    core->call.set_input_state(callbacks->state);
    core->call.init();
    core->initialized = true;
}

int tk_core_load(struct tk_core *core, const char *rom, struct tk_error *error) {
    struct lr_game_info game = {.path = rom, .meta = ""};
    if (rom != NULL && !core->need_fullpath && core->game == NULL) {
        int result = tk_file_read(rom, &core->game, &core->game_size, error);
        if (result < 0) {
            error->code = TK_E_ROM;
            return TK_E_ROM;
        }
    }
    if (core->game != NULL) {
        game.data = core->game;
        game.size = core->game_size;
    }
    if (!core->call.load_game(rom == NULL ? NULL : &game)) {
        if (rom == NULL) {
            return tk_error_set(error, TK_E_ROM, "%s does not start without a game", core->name);
        }
        return tk_error_set(error, TK_E_ROM, "%s refuses the game %s; it takes files of type %s, and may say more with log_level=\"debug\"",
                            core->name, rom, core->extensions);
    }
    core->loaded = true;
    struct lr_av_info av = {0};
    core->call.get_system_av_info(&av);
    if (!isfinite(av.timing.fps) || av.timing.fps <= 0) {
        av.timing.fps = 60;
    }
    if (!isfinite(av.timing.sample_rate) || av.timing.sample_rate < 0) {
        av.timing.sample_rate = 0;
    }
    if (av.geometry.base_width > MAX_SIDE || av.geometry.base_height > MAX_SIDE) {
        return tk_error_set(error, TK_E_CORE, "%s claims a picture of %ux%u pixels", core->name, av.geometry.base_width,
                            av.geometry.base_height);
    }
    core->av = av;
    return TK_OK;
}

int tk_core_reload(struct tk_core *core, const char *rom, struct tk_error *error) {
    core->call.unload_game();
    core->loaded = false;
    return tk_core_load(core, rom, error);
}

void tk_core_stop(struct tk_core *core) {
    if (core->loaded) {
        core->call.unload_game();
        core->loaded = false;
    }
    if (core->initialized) {
        core->call.deinit();
        core->initialized = false;
    }
    free(core->game);
    core->game = NULL;
}

int tk_core_save(struct tk_core *core, const char *path, struct tk_error *error) {
    size_t size = core->call.serialize_size(); /* It may be another each time. */
    if (size == 0) {
        return tk_error_set(error, TK_E_STATE, "%s cannot save states", core->name);
    }
    uint8_t *data = calloc(1, size);
    if (data == NULL) {
        return tk_error_set(error, TK_E_STATE, "no memory for a state of %zu bytes", size);
    }
    int result = TK_OK;
    if (!core->call.serialize(data, size)) {
        result = tk_error_set(error, TK_E_STATE, "%s could not save its state", core->name);
    } else if (tk_file_write(path, data, size, error) < 0) {
        result = error->code = TK_E_STATE;
    }
    free(data);
    return result;
}

int tk_core_restore(struct tk_core *core, const char *path, struct tk_error *error) {
    uint8_t *data;
    size_t size;
    if (tk_file_read(path, &data, &size, error) < 0) {
        return error->code = TK_E_STATE;
    }
    /* A core that does not look at the size may read as much as it would write: what is missing is 0, not a crash. */
    size_t expected = core->call.serialize_size();
    int result = TK_OK;
    if (expected > size) {
        uint8_t *padded = realloc(data, expected);
        if (padded == NULL) {
            free(data);
            return tk_error_set(error, TK_E_STATE, "no memory for a state of %zu bytes", expected);
        }
        data = padded;
        memset(data + size, 0, expected - size);
    }
    if (!core->call.unserialize(data, size)) {
        result = tk_error_set(error, TK_E_STATE,
                              "%s refuses the state: %zu bytes, where its own have %zu now; it is damaged, or of another core, "
                              "version or game",
                              core->name, size, expected);
    }
    free(data);
    return result;
}
