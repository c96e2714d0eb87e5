#include "memory.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_DESCRIPTORS = 4096 };

static const struct {
    const char *device;
    int region;
} REGIONS[] = {
    {":ram", LR_MEMORY_SYSTEM_RAM},
    {":vram", LR_MEMORY_VIDEO_RAM},
    {":sram", LR_MEMORY_SAVE_RAM},
    {":rtc", LR_MEMORY_RTC},
};
enum { REGION_COUNT = sizeof REGIONS / sizeof *REGIONS };

/* Bytes that follow one another: byte i of the run lies at base[(offset + i) ^ swap]. */
struct run {
    uint8_t *base;
    size_t offset, length;
    size_t swap; /* 1 if the bytes of 16-bit words are swapped, otherwise 0. */
    bool constant, big_endian;
};

void tk_memory_set_map(struct tk_memory *memory, const struct lr_memory_map *map) {
    size_t count = map == NULL || map->descriptors == NULL ? 0 : map->count;
    count = count < MAX_DESCRIPTORS ? count : MAX_DESCRIPTORS;
    free(memory->map);
    memory->map = calloc(count + 1, sizeof *memory->map);
    memory->map_count = memory->map == NULL ? 0 : count;
    for (size_t i = 0; i < memory->map_count; i++) {
        memory->map[i] = map->descriptors[i];
        /* Its text may not last; we have no use for it. */
        memory->map[i].space = NULL;
    }
}

static size_t region_size(const struct tk_memory *memory, int region) {
    return memory->core->call.get_memory_data((unsigned)region) == NULL
               ? 0
               : memory->core->call.get_memory_size((unsigned)region);
}

void tk_memory_begin(struct tk_memory *memory, struct tk_core *core) {
    memory->core = core;
    memory->console = tk_console_find(core->name, region_size(memory, LR_MEMORY_SYSTEM_RAM));
}

static bool has_bus(const struct tk_memory *memory) {
    return memory->map_count > 0 || memory->console != NULL;
}

int tk_memory_place(const struct tk_memory *memory, const char *device, const char *space, struct tk_place *place,
                    struct tk_error *error) {
    place->raw = strcmp(space, "raw") == 0;
    if (!place->raw && strcmp(space, "program") != 0) {
        return tk_error_set(error, TK_E_ADDRESS, "%s has no space '%s'; there are 'program' and 'raw'", device, space);
    }
    if (strcmp(device, ":maincpu") == 0) {
        device = has_bus(memory) ? ":bus" : ":ram";
    }
    if (strcmp(device, ":bus") == 0) {
        if (!has_bus(memory)) {
            return tk_error_set(error, TK_E_ADDRESS,
                                "nothing is known about the addresses of %s; use :ram, which counts from 0",
                                memory->core->name);
        }
        place->region = TK_BUS;
        return TK_OK;
    }
    for (size_t i = 0; i < REGION_COUNT; i++) {
        if (strcmp(device, REGIONS[i].device) == 0) {
            place->region = REGIONS[i].region;
            return TK_OK;
        }
    }
    return tk_error_set(error, TK_E_ADDRESS, "there is no device '%s'; there are :maincpu, :bus, :ram, :vram, :sram and :rtc",
                        device);
}

static size_t lowest_bit(size_t number) {
    return number & (0 - number);
}

/* Takes the bits of `mask` out of an address, and moves those above them down. */
static size_t squeeze(size_t address, size_t mask) {
    size_t result = 0;
    unsigned to = 0;
    for (unsigned bit = 0; bit < 8 * sizeof address; bit++) {
        if ((mask >> bit & 1) == 0) {
            result |= (address >> bit & 1) << to++;
        }
    }
    return result;
}

static size_t highest_bit(size_t number) {
    size_t bit = 1;
    while (number >>= 1) {
        bit <<= 1;
    }
    return bit;
}

static bool fits(const struct lr_memory_descriptor *entry, size_t address) {
    if (entry->select != 0) {
        return ((address ^ entry->start) & entry->select) == 0;
    }
    return address >= entry->start && address - entry->start < entry->length;
}

/* How many addresses from this one on are as far from or within `entry` as this one. */
static size_t same_for(const struct lr_memory_descriptor *entry, size_t address) {
    if (entry->select != 0) {
        size_t block = lowest_bit(entry->select);
        return block - (address & (block - 1));
    }
    if (address < entry->start) {
        return entry->start - address;
    }
    size_t inside = address - entry->start;
    return inside < entry->length ? entry->length - inside : SIZE_MAX;
}

static bool find_in_map(const struct tk_memory *memory, size_t address, bool raw, struct run *run) {
    size_t length = SIZE_MAX;
    for (size_t i = 0; i < memory->map_count; i++) {
        const struct lr_memory_descriptor *entry = &memory->map[i];
        size_t same = same_for(entry, address);
        length = same < length ? same : length;
        if (!fits(entry, address)) {
            continue;
        }
        size_t offset = address - entry->start;
        if (entry->disconnect != 0) {
            size_t block = lowest_bit(entry->disconnect);
            size_t rest = block - (address & (block - 1));
            length = rest < length ? rest : length;
            offset = squeeze(offset, entry->disconnect);
        }
        if (entry->length != 0) {
            while (offset >= entry->length) {
                size_t bit = highest_bit(offset);
                offset -= bit;
                /* Where the bits below it begin anew, so does the memory. */
                length = bit - offset < length ? bit - offset : length;
            }
            length = entry->length - offset < length ? entry->length - offset : length;
        }
        bool swapped = !raw && memory->console != NULL && memory->console->swapped && (entry->flags & LR_MEMDESC_SAVE_RAM) == 0;
        *run = (struct run){
            .base = entry->pointer,
            .offset = entry->offset + offset,
            .length = length,
            .swap = swapped,
            .constant = (entry->flags & LR_MEMDESC_CONST) != 0,
            .big_endian = (entry->flags & LR_MEMDESC_BIG_ENDIAN) != 0 || (swapped && memory->console->big_endian),
        };
        return true; /* Without a pointer it is a hole. */
    }
    return false;
}

static void find_in_region(const struct tk_memory *memory, int region, size_t address, bool raw, struct run *run) {
    *run = (struct run){0};
    uint8_t *base = memory->core->call.get_memory_data((unsigned)region);
    size_t size = base == NULL ? 0 : memory->core->call.get_memory_size((unsigned)region);
    if (address >= size) {
        return;
    }
    bool work_ram = region == LR_MEMORY_SYSTEM_RAM, swapped = work_ram && memory->console != NULL && memory->console->swapped;
    run->base = base;
    run->offset = address;
    run->length = size - address;
    run->swap = swapped && !raw && (size % 2 == 0 || address + 1 < size);
    run->big_endian = memory->console != NULL && memory->console->big_endian && !(swapped && raw);
}

static void find_on_bus(const struct tk_memory *memory, size_t address, bool raw, struct run *run) {
    if (find_in_map(memory, address, raw, run)) {
        return;
    }
    *run = (struct run){0};
    for (size_t i = 0; memory->console != NULL && i < TK_CONSOLE_RANGES; i++) {
        const struct tk_range *range = &memory->console->ranges[i];
        if (address < range->start || address - range->start >= range->length) {
            continue;
        }
        size_t size = region_size(memory, range->region), offset = address - range->start;
        if (size == 0) {
            continue;
        }
        find_in_region(memory, range->region, offset % size, raw, run);
        size_t rest = range->length - offset;
        run->length = run->length < rest ? run->length : rest;
        return;
    }
}

/* What lies at an address; nothing if the length is 0. */
static struct run find(const struct tk_memory *memory, struct tk_place place, size_t address) {
    struct run run;
    if (place.region == TK_BUS) {
        find_on_bus(memory, address, place.raw, &run);
    } else {
        find_in_region(memory, place.region, address, place.raw, &run);
    }
    if (run.base == NULL) {
        run.length = 0;
    }
    return run;
}

static const char *device_name(int region) {
    for (size_t i = 0; i < REGION_COUNT; i++) {
        if (REGIONS[i].region == region) {
            return REGIONS[i].device;
        }
    }
    return ":bus";
}

static int refuse(const struct tk_memory *memory, const struct tk_area *area, struct tk_error *error) {
    const char *device = device_name(area->place.region);
    if (area->place.region == TK_BUS) {
        return tk_error_set(error, TK_E_ADDRESS,
                            "0x%zx with %zu bytes is no memory that %s shows on :bus; RetroEmulator.core_info[\"map\"] lists what is",
                            area->address, area->length, memory->core->name);
    }
    size_t size = region_size(memory, area->place.region);
    if (size == 0) {
        return tk_error_set(error, TK_E_ADDRESS, "%s shows no %s for this game", memory->core->name, device);
    }
    return tk_error_set(error, TK_E_ADDRESS, "0x%zx with %zu bytes lies outside of %s, which has %zu bytes from 0", area->address,
                        area->length, device, size);
}

/* What of an area lies in one piece behind its first `done` bytes, no longer than the area; TK_E_ADDRESS if nothing. */
static int next_run(const struct tk_memory *memory, const struct tk_area *area, size_t done, struct run *run,
                    struct tk_error *error) {
    size_t address = area->address + done;
    *run = address < area->address ? (struct run){0} : find(memory, area->place, address);
    if (run->length == 0) {
        return refuse(memory, area, error);
    }
    run->length = run->length < area->length - done ? run->length : area->length - done;
    return TK_OK;
}

int tk_memory_read(const struct tk_memory *memory, const struct tk_area *area, uint8_t *to, struct tk_error *error) {
    struct run run;
    for (size_t done = 0; done < area->length; done += run.length) {
        if (next_run(memory, area, done, &run, error) < 0) {
            return error->code;
        }
        if (run.swap == 0) {
            memcpy(to + done, run.base + run.offset, run.length);
        } else {
            for (size_t i = 0; i < run.length; i++) {
                to[done + i] = run.base[(run.offset + i) ^ 1];
            }
        }
    }
    return TK_OK;
}

int tk_memory_write(const struct tk_memory *memory, const struct tk_area *area, const uint8_t *from,
                    struct tk_error *error) {
    /* All of it or nothing: the first pass only looks. */
    for (int pass = 0; pass < 2; pass++) {
        struct run run;
        for (size_t done = 0; done < area->length; done += run.length) {
            if (next_run(memory, area, done, &run, error) < 0) {
                return error->code;
            }
            if (run.constant) {
                return tk_error_set(error, TK_E_ADDRESS, "0x%zx of %s cannot be written: it is read-only",
                                    area->address + done, device_name(area->place.region));
            }
            for (size_t i = 0; i < run.length && pass == 1; i++) {
                run.base[(run.offset + i) ^ run.swap] = from[done + i];
            }
        }
    }
    return TK_OK;
}

int tk_memory_watch(const struct tk_memory *memory, const struct tk_watch *watch, int64_t *value,
                    struct tk_error *error) {
    uint8_t bytes[8];
    struct tk_area area = {watch->place, watch->address, watch->size};
    int result = tk_memory_read(memory, &area, bytes, error);
    if (result < 0) {
        return result;
    }
    bool big = watch->order == TK_ORDER_BIG;
    if (watch->order == TK_ORDER_NATIVE && watch->size > 1) {
        big = find(memory, watch->place, watch->address).big_endian;
    }
    uint64_t number = 0;
    for (unsigned i = 0; i < watch->size; i++) {
        number = number << 8 | bytes[big ? i : watch->size - 1 - i];
    }
    unsigned unused = 64 - 8 * watch->size;
    *value = watch->has_sign ? (int64_t)(number << unused) >> unused : (int64_t)number;
    return TK_OK;
}

/* One more than the highest address that is known. */
static uint64_t bus_size(const struct tk_memory *memory) {
    uint64_t size = 0;
    for (size_t i = 0; i < memory->map_count; i++) {
        const struct lr_memory_descriptor *entry = &memory->map[i];
        uint64_t end = (uint64_t)entry->start + entry->length;
        size = entry->pointer != NULL && end > size ? end : size;
    }
    for (size_t i = 0; memory->console != NULL && i < TK_CONSOLE_RANGES; i++) {
        const struct tk_range *range = &memory->console->ranges[i];
        uint64_t end = range->start + range->length;
        size = range->length > 0 && region_size(memory, range->region) > 0 && end > size ? end : size;
    }
    return size;
}

static void print_space(struct tk_text *text, bool *first, const char *device, uint64_t size) {
    tk_text_print(text, "%s{", *first ? "" : ", ");
    tk_text_member(text, "device", device);
    tk_text_print(text, ", \"spaces\": [\"program\", \"raw\"], \"size\": %" PRIu64 "}", size);
    *first = false;
}

void tk_memory_print_spaces(const struct tk_memory *memory, struct tk_text *text) {
    uint64_t bus = bus_size(memory), ram = region_size(memory, LR_MEMORY_SYSTEM_RAM);
    bool first = true;
    tk_text_print(text, "[");
    if (bus > 0 || ram > 0) {
        print_space(text, &first, ":maincpu", has_bus(memory) ? bus : ram);
    }
    if (bus > 0) {
        print_space(text, &first, ":bus", bus);
    }
    for (size_t i = 0; i < REGION_COUNT; i++) {
        size_t size = region_size(memory, REGIONS[i].region);
        if (size > 0) {
            print_space(text, &first, REGIONS[i].device, size);
        }
    }
    tk_text_print(text, "]");
}

void tk_memory_print_map(const struct tk_memory *memory, struct tk_text *text) {
    const char *comma = "";
    tk_text_print(text, "[");
    for (size_t i = 0; i < memory->map_count; i++) {
        const struct lr_memory_descriptor *entry = &memory->map[i];
        tk_text_print(text,
                      "%s{\"source\": \"core\", \"start\": %zu, \"length\": %zu, \"select\": %zu, \"disconnect\": %zu, "
                      "\"offset\": %zu, \"flags\": %" PRIu64 ", \"hole\": %s}",
                      comma, entry->start, entry->length, entry->select, entry->disconnect, entry->offset, entry->flags,
                      entry->pointer == NULL ? "true" : "false");
        comma = ", ";
    }
    for (size_t i = 0; memory->console != NULL && i < TK_CONSOLE_RANGES; i++) {
        const struct tk_range *range = &memory->console->ranges[i];
        if (range->length > 0 && region_size(memory, range->region) > 0) {
            tk_text_print(text, "%s{\"source\": \"console\", \"start\": %zu, \"length\": %zu, ", comma, range->start, range->length);
            tk_text_member(text, "device", device_name(range->region));
            tk_text_print(text, "}");
            comma = ", ";
        }
    }
    tk_text_print(text, "]");
}

void tk_memory_free(struct tk_memory *memory) {
    free(memory->map);
    *memory = (struct tk_memory){0};
}
