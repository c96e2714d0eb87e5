/* The level: decoded column by column into a ring of 32 columns, which is also what the two name tables show. */

#include "hop.h"

u16 probe_x;
s16 probe_y;
u8 probe_index, probe_row;

static const u8 *chunks;      /* the level's list of chunks */
static const u8 *scenery;
static u16 next_column;
static u16 column_count;
static u8 next_in_chunk;
static const u8 *source;
static const u8 *spawns;
static u8 scenery_column;
static const u8 *scenery_source;
static u8 ring;
static u8 half_done;

static u8 row, tile, index, ground, low;

static void open_chunk(void) {
    tile = *chunks;
    ++chunks;
    source = chunk_tiles[tile];
    spawns = chunk_spawns[tile];
    next_in_chunk = 0;
}

/* The tiles of the next column, into WORLD and column_tiles. */
static void decode(void) {
    ring = (u8)next_column & 31;
    if (next_in_chunk == 16)
        open_chunk();
    ground = source[11];
    low = ground ? 13 : 4;
    index = 0;
    for (row = 0; row < ROWS; ++row) {
        tile = source[row];
        if (!tile && row < low)
            tile = scenery_source[row];
        if (row < 8)
            WORLD[(u8)(row << 5) | ring] = tile;
        else
            (WORLD + 256)[(u8)((row - 8) << 5) | ring] = tile;
        column_tiles[index] = tile_nw[tile];
        column_tiles[index + 26] = tile_ne[tile];
        ++index;
        column_tiles[index] = tile_sw[tile];
        column_tiles[index + 26] = tile_se[tile];
        ++index;
    }
    source += 13;
    scenery_source += 13;
    if (++scenery_column == SCENERY_COLUMNS) {
        scenery_column = 0;
        scenery_source = scenery;
    }
    half_done = 1;
}

/* The colours of that column, and what lives in it; then it can be sent.
 *
 * The places in WORLD are counted in a byte, never written as WORLD[tile + 1]. That sum has 16 bits, and cc65 2.19 with
 * -Oi leaves out the instruction that clears its upper byte, the register X, in the first round of the loop: see -S.
 * What X held when finish() was called then chose where the colours of the topmost tiles were read. */
static void finish(void) {
    half_done = 0;
    /* The other column of the same attribute bytes is 31 columns away, or has just been decoded. */
    ring = (u8)next_column & 30;
    for (index = 0; index < 7; ++index) {
        tile = (u8)(index << 6) | ring;
        if (index < 4) {
            row = tile_palette[WORLD[tile]];
            ++tile;
            row |= (u8)(tile_palette[WORLD[tile]] << 2);
            tile += 31;
            row |= (u8)(tile_palette[WORLD[tile]] << 4);
            ++tile;
            row |= (u8)(tile_palette[WORLD[tile]] << 6);
        } else {
            /* index << 6 has lost what WORLD + 256 adds. */
            row = tile_palette[(WORLD + 256)[tile]];
            ++tile;
            row |= (u8)(tile_palette[(WORLD + 256)[tile]] << 2);
            if (index < 6) {
                tile += 31;
                row |= (u8)(tile_palette[(WORLD + 256)[tile]] << 4);
                ++tile;
                row |= (u8)(tile_palette[(WORLD + 256)[tile]] << 6);
            }
        }
        column_attributes[index] = row;
    }
    ring = (u8)next_column & 31;
    column_address = 0x2080 + ((ring & 16) << 6) + ((ring & 15) << 1);
    attribute_address = 0x23C8 + ((ring & 16) << 6) + ((ring & 15) >> 1);
    while (spawns[0] == next_in_chunk) {
        enemies_spawn(spawns[1], spawns[2], next_column << 4);
        spawns += 3;
    }
    ++next_in_chunk;
    ++next_column;
    column_tiles_ready = 1;
}

void level_load(void) {
    static u8 count;
    chunks = level_chunks[level];
    scenery = scenery_tiles[level_scenery[level]];
    scenery_source = scenery;
    scenery_column = 0;
    column_count = (u16)level_lengths[level] << 4;
    level_width = column_count << 4;
    flag_x = level_width - 16 * FLAG_FROM_END;
    next_column = 0;
    half_done = 0;
    camera = 0;
    enemies_clear();
    for (count = 0; count < 32; ++count) {
        palette[count] = level_palettes[level][count];
    }
    palette_ready = 1;
    open_chunk();
    spr_frame = 0;
    vram_seek(0x2000);
    vram_fill(0x800);
    /* Columns are sent in the vertical blank, with the screen off too. */
    for (count = 0; count < 20; ++count) {
        if (next_column >= column_count)
            break;
        decode();
        finish();
        wait_frame();
    }
}

void level_scroll(void) {
    /* In two frames: one alone would be late where many enemies move. */
    if (half_done)
        finish();
    else if (next_column < column_count && (camera >> 4) + 19 >= next_column)
        decode();
}

u8 tile_kind(void) {
    static u8 at;
    if (probe_y < TOP || probe_y >= 240)
        return K_EMPTY;
    at = (u8)probe_y - TOP;
    probe_row = at >> 4;
    probe_index = (u8)((probe_row & 7) << 5) | ((u8)(probe_x >> 4) & 31);
    if (probe_row & 8)
        return tile_kinds[(WORLD + 256)[probe_index]];
    return tile_kinds[WORLD[probe_index]];
}

void tile_set(u8 new_tile) {
    static u8 at, count;
    static u16 address;
    if (probe_row & 8)
        (WORLD + 256)[probe_index] = new_tile;
    else
        WORLD[probe_index] = new_tile;
    if (queue_length > 40)
        return;
    at = probe_index & 31;
    address = 0x2080 + ((u16)probe_row << 6) + ((u16)(at & 16) << 6) + ((at & 15) << 1);
    for (count = 0; count < 2; ++count) {
        at = queue_length;
        queue[at] = address >> 8;
        queue[at + 1] = (u8)address;
        queue[at + 2] = 2;
        queue[at + 3] = count ? tile_sw[new_tile] : tile_nw[new_tile];
        queue[at + 4] = count ? tile_se[new_tile] : tile_ne[new_tile];
        queue_length = at + 5;
        address += 32;
    }
}
