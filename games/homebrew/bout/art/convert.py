"""Turns poses.txt, font.txt and the two painters into art.c and art.h: run-length coded tiles, tables, palettes.

    python3 convert.py OUTPUT_FOLDER

Needs nothing but Python's standard library, and writes the same bytes wherever it runs.
"""

from __future__ import annotations

import sys
from pathlib import Path

import figures  # type: ignore[import-not-found]  # run as a script: its folder is on the path
import scenes  # type: ignore[import-not-found]

HERE = Path(__file__).parent
Picture = list[list[int]]

# Red, green and blue from 0 to 31: skin, top, legs (3 tones each), hair (2), gloves and boots (2).
DRESSES = (
    (
        ((16, 9, 6), (24, 16, 11), (30, 22, 16)),
        ((5, 8, 18), (9, 14, 26), (15, 20, 31)),
        ((18, 18, 20), (25, 25, 26), (31, 31, 31)),
        ((7, 4, 2), (13, 8, 4)),
        ((16, 2, 2), (28, 5, 4)),
    ),
    (
        ((16, 9, 6), (24, 16, 11), (30, 22, 16)),
        ((6, 12, 5), (11, 20, 8), (18, 27, 12)),
        ((5, 5, 6), (9, 9, 11), (14, 14, 16)),
        ((3, 3, 4), (8, 8, 9)),
        ((22, 14, 2), (31, 23, 5)),
    ),
    (
        ((18, 10, 6), (26, 17, 11), (31, 23, 17)),
        ((18, 3, 4), (27, 6, 6), (31, 13, 11)),
        ((8, 3, 8), (14, 6, 13), (20, 10, 18)),
        ((20, 11, 2), (29, 20, 6)),
        ((20, 20, 22), (30, 30, 31)),
    ),
    (
        ((12, 6, 4), (19, 11, 7), (25, 16, 11)),
        ((4, 14, 14), (7, 22, 21), (14, 29, 28)),
        ((16, 14, 4), (24, 22, 7), (30, 28, 12)),
        ((3, 2, 3), (8, 6, 8)),
        ((24, 8, 2), (31, 15, 5)),
    ),
    (
        ((17, 10, 7), (25, 17, 12), (30, 23, 17)),
        ((19, 11, 3), (27, 17, 5), (31, 23, 10)),
        ((4, 11, 5), (8, 18, 8), (13, 25, 12)),
        ((10, 4, 1), (18, 8, 3)),
        ((9, 6, 4), (15, 10, 7)),
    ),
    (
        ((11, 6, 4), (17, 10, 7), (23, 15, 11)),
        ((9, 9, 11), (15, 15, 18), (22, 22, 25)),
        ((13, 2, 3), (20, 4, 5), (27, 9, 9)),
        ((14, 14, 14), (24, 24, 24)),
        ((4, 4, 5), (9, 9, 11)),
    ),
    (
        ((15, 9, 8), (22, 16, 13), (28, 22, 18)),
        ((8, 4, 14), (13, 7, 22), (19, 12, 29)),
        ((4, 3, 8), (7, 6, 13), (11, 10, 18)),
        ((6, 3, 11), (11, 6, 18)),
        ((24, 20, 4), (31, 28, 8)),
    ),
    (
        ((13, 12, 13), (20, 19, 20), (26, 25, 26)),
        ((3, 3, 4), (6, 6, 8), (11, 11, 14)),
        ((14, 2, 2), (21, 4, 4), (28, 8, 7)),
        ((2, 2, 3), (6, 6, 8)),
        ((18, 3, 3), (29, 6, 5)),
    ),
)
# Gold, blue and red letters: outline, then light above dark.
LETTERS = (
    ((5, 2, 0), (31, 31, 20), (31, 28, 10), (31, 23, 4), (27, 16, 2), (20, 10, 1)),
    ((0, 1, 6), (26, 30, 31), (18, 26, 31), (11, 20, 31), (6, 14, 27), (3, 8, 20)),
    ((6, 0, 0), (31, 25, 18), (31, 17, 10), (31, 10, 5), (26, 5, 3), (18, 2, 2)),
)
LETTER_ORDER = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!.?"


def read_font() -> dict[str, list[str]]:
    """Seven rows of five # or . for every character in font.txt."""
    font: dict[str, list[str]] = {" ": ["....."] * 7}
    for block in (HERE / "font.txt").read_text().strip().split("\n\n"):
        names, *rows = block.splitlines()
        for index, name in enumerate(names):
            font[name] = [row.split()[index] for row in rows]
            if len(font[name]) != 7 or any(len(row) != 5 for row in font[name]):
                raise ValueError(f"font.txt: {name} is not 5 by 7")
    return font


def pack(pixels: list[int], bits: int) -> bytes:
    """Run-length code: (run - 1) << bits | colour."""
    out, at = bytearray(), 0
    longest = 1 << (8 - bits)
    while at < len(pixels):
        run = 1
        while at + run < len(pixels) and run < longest and pixels[at + run] == pixels[at]:
            run += 1
        out.append((run - 1) << bits | pixels[at])
        at += run
    return bytes(out)


def block(picture: Picture, x: int, y: int) -> list[int]:
    """The 16x16 pixels of a tile, row after row."""
    return [pixel for row in picture[y : y + 16] for pixel in row[x : x + 16]]


def blocks(picture: Picture, x: int, y: int, w: int, h: int) -> list[int]:
    """Tiles in the order in which the hardware numbers those of a large sprite: column after column."""
    return [pixel for i in range(w) for j in range(h) for pixel in block(picture, x + i * 16, y + j * 16)]


def outlined(rows: list[str], scale: int, size: int, dx: int, dy: int) -> Picture:
    """A glyph blown up, shaded from light to dark, with an outline of colour 1."""
    picture = [[0] * size for _ in range(size)]
    height = 7 * scale
    for y in range(height):
        for x in range(5 * scale):
            if rows[y // scale][x // scale] == "#":
                picture[y + dy][x + dx] = 2 + y * 5 // height
    edge = 1 if scale < 4 else 2
    solid = [(x, y) for y in range(size) for x in range(size) if picture[y][x] > 1]
    for x, y in solid:
        for oy in range(-edge, edge + 1):
            for ox in range(-edge, edge + 1):
                if 0 <= y + oy < size and 0 <= x + ox < size and not picture[y + oy][x + ox]:
                    picture[y + oy][x + ox] = 1
    return picture


def fighter_art() -> tuple[list[int], list[list[tuple[int, int, int]]], list[tuple[int, int]], list[str]]:
    """Pixels of all tiles; per build and pose (first tile, tiles, first piece); pieces; names of the poses."""
    pixels: list[int] = []
    frames: list[list[tuple[int, int, int]]] = []
    pieces: list[tuple[int, int]] = []
    poses = figures.read_poses(HERE / "poses.txt")
    for build in figures.BUILDS:
        row: list[tuple[int, int, int]] = []
        for points in poses.values():
            canvas = figures.draw(points, build).pixels
            first, first_piece, count = len(pixels) // 256, len(pieces), 0
            for ty in range(figures.HEIGHT // 16):
                for tx in range(figures.WIDTH // 16):
                    upright = canvas[ty * 16 : ty * 16 + 16][::-1]
                    tile = [pixel for line in upright for pixel in line[tx * 16 : tx * 16 + 16]]
                    if any(tile):
                        pixels.extend(tile)
                        pieces.append((tx + figures.LEFT // 16, ty))
                        count += 1
            row.append((first, count, first_piece))
        frames.append(row)
    return pixels, frames, pieces, list(poses)


def letter_art(font: dict[str, list[str]]) -> tuple[list[int], dict[str, int]]:
    """Letters, the logo, a shadow and a corner mark; and the first tile of those that are not letters."""
    pixels: list[int] = []
    for name in LETTER_ORDER:
        pixels.extend(block(outlined(font[name], 2, 16, 3, 1), 0, 0))
    places = {"LOGO": len(pixels) // 256}
    for name in "BOUT":
        pixels.extend(blocks(outlined(font[name], 8, 64, 12, 4), 0, 0, 4, 4))
    places["SHADOW"] = len(pixels) // 256
    shadow = [
        [1 if ((x - 31.5) / 26) ** 2 + ((y - 7.5) / 5) ** 2 <= 1 and (x + y) & 1 else 0 for x in range(64)]
        for y in range(16)
    ]
    pixels.extend(blocks(shadow, 0, 0, 4, 1))
    places["CORNER"] = len(pixels) // 256
    corner = [[3 if (x == 0 or y in (0, 15)) and x < 10 else 0 for x in range(16)] for y in range(16)]
    pixels.extend(block(corner, 0, 0))
    return pixels, places


def backdrop_art() -> tuple[list[int], list[list[tuple[int, int, int]]]]:
    """Every backdrop as six columns of 64 pixels in rows of 64, 64, 64 and 32; and the palettes."""
    pixels: list[int] = []
    palettes = []
    for paint in scenes.SCENES:
        scene = paint()
        y = 0
        for height in (4, 4, 4, 2):
            for column in range(6):
                pixels.extend(blocks(scene.pixels, column * 64, y, 4, height))
            y += height * 16
        palettes.append(scene.palette + [(0, 0, 0)] * (32 - len(scene.palette)))
    return pixels, palettes


def rgb(colour: tuple[int, int, int]) -> int:
    return colour[0] | colour[1] << 5 | colour[2] << 10


def c_bytes(name: str, data: bytes) -> str:
    lines = [",".join(str(b) for b in data[i : i + 32]) for i in range(0, len(data), 32)]
    return f"const uint8_t {name}[] = {{\n" + ",\n".join(lines) + "};\n"


def c_palettes(name: str, palettes: list[list[int]]) -> str:
    width = len(palettes[0])
    body = ",\n".join("{" + ",".join(f"{value:#06x}" for value in palette) + "}" for palette in palettes)
    return f"const uint16_t {name}[{len(palettes)}][{width}] = {{\n{body}}};\n"


def main(folder: Path) -> None:
    font = read_font()
    fighter_pixels, frames, pieces, poses = fighter_art()
    letter_pixels, places = letter_art(font)
    backdrop_pixels, backdrop_palettes = backdrop_art()
    fighter_palettes = [
        [0, rgb((2, 1, 3)), *(rgb(tone) for part in dress for tone in part), rgb((31, 31, 31)), 0][:16]
        for dress in DRESSES
    ]
    letter_palettes = [[0, *(rgb(tone) for tone in tones)] + [0] * (15 - len(tones)) for tones in LETTERS]
    glyphs = bytearray()
    for code in range(32, 96):
        rows = font.get(chr(code), font[" "])
        glyphs.extend(int(row.replace("#", "1").replace(".", "0"), 2) << 2 for row in rows)
        glyphs.append(0)
    frame_rows = ",\n".join("{" + ",".join(f"{{{a},{b},{c}}}" for a, b, c in row) + "}" for row in frames)
    source = [
        '/* Made by art/convert.py: do not edit. */\n#include "art.h"\n',
        c_bytes("art_fighter_data", pack(fighter_pixels, 4)),
        c_bytes("art_letter_data", pack(letter_pixels, 4)),
        c_bytes("art_backdrop_data", pack(backdrop_pixels, 5)),
        f"const struct art_frame art_frames[{len(frames)}][POSES] = {{\n{frame_rows}}};\n",
        f"const int8_t art_pieces[{len(pieces)}][2] = {{" + ",".join(f"{{{x},{y}}}" for x, y in pieces) + "};\n",
        c_palettes("art_fighter_palettes", fighter_palettes),
        c_palettes("art_backdrop_palettes", [[rgb(c) for c in palette] for palette in backdrop_palettes]),
        c_palettes("art_letter_palettes", letter_palettes),
        "const uint8_t art_font[64][8] = {"
        + ",".join("{" + ",".join(str(b) for b in glyphs[i : i + 8]) + "}" for i in range(0, 512, 8))
        + "};\n",
    ]
    header = f"""/* Made by art/convert.py: do not edit. */
#ifndef ART_H
#define ART_H
#include <stdint.h>
enum pose {{ {", ".join("POSE_" + name for name in poses)}, POSES }};
enum {{
    ART_FIGHTER_TILES = {len(fighter_pixels) // 256}, ART_LETTER_TILES = {len(letter_pixels) // 256},
    ART_BACKDROP_TILES = {len(backdrop_pixels) // 256}, ART_BACKDROPS = {len(backdrop_palettes)},
    {", ".join(f"ART_{name}_TILE = {tile}" for name, tile in places.items())},
}};
struct art_frame {{ uint16_t tile; uint16_t count; uint16_t piece; }};
extern const uint8_t art_fighter_data[], art_letter_data[], art_backdrop_data[];
extern const struct art_frame art_frames[{len(frames)}][POSES];
extern const int8_t art_pieces[][2];
extern const uint16_t art_fighter_palettes[{len(fighter_palettes)}][16];
extern const uint16_t art_backdrop_palettes[{len(backdrop_palettes)}][32];
extern const uint16_t art_letter_palettes[{len(letter_palettes)}][16];
extern const uint8_t art_font[64][8];
#endif
"""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "art.c").write_text("".join(source))
    (folder / "art.h").write_text(header)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
