"""Makes of the drawings and the levels what the program is built with: chr.bin, art.h, data.s.

python3 convert.py OUTPUT_FOLDER
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

HERE = Path(__file__).resolve().parent
LEVELS = HERE.parent / "levels"

ROWS = 13
CHUNK = 16
SCENERY_COLUMNS = 48
KINDS = ("empty", "coin", "deadly", "plank", "solid", "brick", "bonus", "carrot")
ENEMIES = {"g": 1, "h": 2, "v": 3, "t": 4, "p": 5}
FLAG_COLUMN = 7  # in the last chunk
BURROW_FROM_FLAG = 5

# The picture memory's colours: the backdrop, four palettes of the background, four of the sprites.
_HARE = "0F 30 16"
_GRUB = "0F 27 2A"
_FROG = "0F 30 2A"
_BAT = "0F 13 35"
PALETTES = {
    "day": ("21", "07 17 2A", "0F 27 37", "0A 1A 2A", "30 31 28", _HARE, _GRUB, _FROG, _BAT),
    "dusk": ("25", "07 17 29", "0F 27 37", "04 14 24", "36 35 28", _HARE, _GRUB, _FROG, _BAT),
    "cave": ("0F", "0C 1C 2B", "0F 1C 3C", "01 11 21", "3C 1C 28", _HARE, _GRUB, _FROG, _BAT),
    "frost": ("31", "0C 1B 30", "0F 21 30", "0B 1B 30", "30 21 28", _HARE, _GRUB, _FROG, _BAT),
    "night": ("02", "0F 07 1A", "0F 17 37", "0F 0B 1A", "3C 11 28", _HARE, _GRUB, _FROG, _BAT),
    "dawn": ("33", "05 16 37", "0F 26 36", "08 18 28", "30 23 28", _HARE, _GRUB, _FROG, _BAT),
}


def read_blocks(path: Path) -> Iterator[tuple[list[str], list[str]]]:
    """Each block's heading, as words, and its lines; blocks end with an empty line."""
    heading: list[str] = []
    lines: list[str] = []
    for line in [*path.read_text().splitlines(), ""]:
        if line.startswith("# "):
            continue
        if not heading:
            heading = line.split()
        elif line:
            lines.append(line)
        else:
            yield heading, lines
            heading, lines = [], []


Picture = list[list[int]]


def picture(lines: Sequence[str], name: str) -> Picture:
    rows = [[0 if char == "." else int(char) for char in line] for line in lines]
    if {len(row) for row in rows} != {16} or len(rows) % 8:
        raise SystemExit(f"{name}: not 16 pixels wide, or not a multiple of 8 high")
    return rows


def cut(rows: Picture) -> list[bytes]:
    """The 8 * 8 tiles of a picture, row by row, each as its 16 bytes."""
    return [
        tile(
            [row[left : left + 8] for row in rows[top : top + 8]],
        )
        for top in range(0, len(rows), 8)
        for left in range(0, len(rows[0]), 8)
    ]


def tile(rows: Picture) -> bytes:
    planes = [
        sum((pixel >> plane & 1) << (7 - index) for index, pixel in enumerate(row)) for plane in (0, 1) for row in rows
    ]
    return bytes(planes)


class Table:
    """One of the two tables of 256 tiles; equal tiles are kept once."""

    def __init__(self) -> None:
        self.tiles: list[bytes | None] = [None] * 256
        self.tiles[0] = bytes(16)

    def put(self, number: int, data: bytes) -> None:
        self.tiles[number] = data

    def add(self, data: bytes) -> int:
        if data in self.tiles:
            return self.tiles.index(data)
        free = self.tiles.index(None)
        self.tiles[free] = data
        return free

    def used(self) -> int:
        return sum(entry is not None for entry in self.tiles)

    def data(self) -> bytes:
        return b"".join(entry or bytes(16) for entry in self.tiles)


def font() -> dict[str, Picture]:
    """Letters in light on black, 5 * 7 in 8 * 8, with a shadow."""
    glyphs = {" ": [[1] * 8 for _ in range(8)]}
    for heading, lines in read_blocks(HERE / "font.txt"):
        for index, char in enumerate(heading[0]):
            rows = [[1] * 8 for _ in range(8)]
            for y, line in enumerate(lines):
                for x, pixel in enumerate(line.split()[index]):
                    if pixel == "#":
                        rows[y][x + 1] = 3
            glyphs[char] = rows
    return glyphs


FACE = ("11311311", "11313131", "11333331", "13333333", "13133133", "13333333", "11332331", "11133311")


# --- the title's letters --------------------------------------------------------------------------------------------

# One character is 4 * 4 pixels. The O has a hare's ears.
LOGO = (
    "................................",
    "............##....##............",
    "............##....##............",
    "............##....##............",
    "............####..##............",
    "............####..##............",
    "..##....##...######...######....",
    "..##....##..########..#######...",
    "..##....##..##....##..##....##..",
    "..##....##..##....##..##....##..",
    "..########..##....##..##....##..",
    "..########..##....##..#######...",
    "..##....##..##....##..######....",
    "..##....##..##....##..##........",
    "..##....##..########..##........",
    "..##....##...######...##........",
    "................................",
    "................................",
)
LOGO_CELL = 4
LOGO_WIDTH = LOGO_CELL * len(LOGO[0])
LOGO_HEIGHT = LOGO_CELL * len(LOGO)


def logo() -> Picture:
    """HOP in thick letters with a light upper edge, a dark outline and a shadow."""

    def at(x: int, y: int) -> bool:
        inside = 0 <= x < LOGO_WIDTH and 0 <= y < LOGO_HEIGHT
        return inside and LOGO[y // LOGO_CELL][x // LOGO_CELL] == "#"

    def pixel(x: int, y: int) -> int:
        if at(x, y):
            return 2 if at(x, y - 2) and at(x - 1, y) else 3
        near = any(at(x + dx, y + dy) for dx in (-2, -1, 0, 1, 2) for dy in (-4, -3, -2, -1, 0, 1, 2))
        return 1 if near else 0

    return [[pixel(x, y) for x in range(LOGO_WIDTH)] for y in range(LOGO_HEIGHT)]


# --- levels ---------------------------------------------------------------------------------------------------------


def grid(lines: Sequence[str], width: int, name: str) -> list[str]:
    rows = ["." * width] * (ROWS - len(lines)) + list(lines)
    if len(rows) != ROWS or any(len(row) != width for row in rows):
        raise SystemExit(f"{name}: rows of {[len(row) for row in rows]}, not {ROWS} of {width}")
    return rows


def earth(rows: Sequence[str], x: int, y: int) -> str:
    """Which of the pictures of earth lies at x, y: with grass above air, with a border beside it."""
    row = rows[y]
    left = x > 0 and row[x - 1] != "#"
    right = x < len(row) - 1 and row[x + 1] != "#"
    if rows[y - 1][x] != "#":
        return "edge_left" if left else "edge_right" if right else "grass"
    return "soil_left" if left else "soil_right" if right else "soil"


SCENERY_CHARS = {"^": "hill_top", "-": "cloud_mid", "a": "peak_left", "M": "peak_body"}


# --- what is written ------------------------------------------------------------------------------------------------


class Output:
    """The two tables of tiles, the header and the tables of the program, as they grow."""

    def __init__(self) -> None:
        self.background = Table()
        self.sprites = Table()
        self.header = ["/* Made by art/convert.py. */", ""]
        self.source = ["; Made by art/convert.py.", "", '        .segment "RODATA"']

    def constant(self, name: str, value: int) -> None:
        self.header.append(f"#define {name} {value}")

    def table(self, name: str, values: Sequence[int | str], declared: str = "") -> None:
        """Bytes, or names of other tables; `declared` tells C of it."""
        self.source.append(f"{name}:")
        word = ".word" if values and isinstance(values[0], str) else ".byte"
        for start in range(0, len(values), 16):
            self.source.append(f"        {word} " + ", ".join(str(value) for value in values[start : start + 16]))
        if declared:
            self.source.append(f"        .export {name}")
            self.header.append(declared)

    def write(self, folder: Path) -> None:
        self.source += ['        .segment "CHARS"', '        .incbin "chr.bin"']
        (folder / "chr.bin").write_bytes(self.background.data() + self.sprites.data())
        (folder / "art.h").write_text("\n".join(self.header) + "\n")
        (folder / "data.s").write_text("\n".join(self.source) + "\n")


def put_letters(out: Output) -> None:
    for char, rows in font().items():
        out.background.put(ord(char), tile(rows))
    out.constant("T_FACE", out.background.add(tile([[int(pixel) for pixel in row] for row in FACE])))
    out.constant("T_BAR", out.background.add(tile([[1] * 8] * 4 + [[2] * 8] + [[1] * 8] * 3)))


def put_tiles(out: Output) -> tuple[list[str], dict[str, int]]:
    """Returns the names of the tiles in their order, and the number of the one that a letter in levels/ means."""
    names: list[str] = []
    chars: dict[str, int] = {}
    corners: list[list[int]] = [[], [], [], []]
    kinds: list[int] = []
    colours: list[int] = []
    for heading, lines in read_blocks(HERE / "tiles.txt"):
        _, name, char, palette, kind = heading
        if char != "-":
            chars[char] = len(names)
        names.append(name)
        for corner, data in zip(corners, cut(picture(lines, name)), strict=True):
            corner.append(out.background.add(data))
        kinds.append(KINDS.index(kind))
        colours.append(int(palette))
    for number, kind in enumerate(KINDS):
        out.constant(f"K_{kind.upper()}", number)
    out.constant("T_EMPTY", names.index("empty"))
    out.constant("T_USED", names.index("used"))
    for where, values in zip(("nw", "ne", "sw", "se"), corners, strict=True):
        out.table(f"_tile_{where}", values, f"extern const u8 tile_{where}[];")
    out.table("_tile_kinds", kinds, "extern const u8 tile_kinds[];")
    out.table("_tile_palette", colours, "extern const u8 tile_palette[];")
    return names, chars


def put_sprites(out: Output) -> None:
    # A single pixel: sprite 0, whose meeting with the status bar the program waits for.
    out.sprites.put(1, bytes([0x80] + [0] * 15))
    out.constant("T_DOT", 1)
    frames = []
    for number, (heading, lines) in enumerate(read_blocks(HERE / "sprites.txt")):
        name = heading[1]
        out.constant(f"F_{name.upper().rstrip('0')}" if name.endswith("0") else f"F_{name.upper()}", number)
        frames.append([out.sprites.add(data) for data in cut(picture(lines, name))])
    for number, numbers in enumerate(frames):
        out.table(f"sprite_{number}", numbers)
    for half, sign in (("lo", "<"), ("hi", ">")):
        out.source.append(f"metasprite_{half}:")
        out.source.extend(f"        .byte {sign}sprite_{number}" for number in range(len(frames)))
        out.source.append(f"        .export metasprite_{half}")


def put_title(out: Output) -> None:
    letters = [out.background.add(data) for data in cut(logo())]
    columns = LOGO_WIDTH // 8
    out.constant("LOGO_COLUMNS", columns)
    out.constant("LOGO_ROWS", LOGO_HEIGHT // 8)
    out.constant("LOGO_AT", 5 * 32 + (32 - columns) // 2)
    out.table("_logo", letters, f"extern const u8 logo[][{columns}];")


def put_scenery(out: Output, names: list[str], chars: dict[str, int]) -> list[str]:
    """Returns the names of the sceneries in their order."""
    sceneries: list[str] = []
    for heading, lines in read_blocks(LEVELS / "scenery.txt"):
        # They stand on the ground, whose two rows they do not draw.
        rows = grid([*lines, *["." * SCENERY_COLUMNS] * 2], SCENERY_COLUMNS, heading[1])
        values = []
        for x in range(SCENERY_COLUMNS):
            for y in range(ROWS):
                char = rows[y][x]
                if char == "A":
                    slope = rows[y][(x + 1) % SCENERY_COLUMNS] in "Ma"
                    values.append(names.index("peak_right" if slope else "peak"))
                else:
                    values.append(names.index(SCENERY_CHARS[char]) if char in SCENERY_CHARS else chars[char])
        sceneries.append(heading[1])
        out.table(f"scenery_{heading[1]}", values)
    out.constant("SCENERY_COLUMNS", SCENERY_COLUMNS)
    out.table("_scenery_tiles", [f"scenery_{name}" for name in sceneries], "extern const u8 *const scenery_tiles[];")
    return sceneries


def put_chunks(out: Output, names: list[str], chars: dict[str, int]) -> list[str]:
    """Their tiles, column by column; their enemies as (column, kind, row), ended by 255. Returns their names."""
    chunks: list[str] = []
    for heading, lines in read_blocks(LEVELS / "chunks.txt"):
        name = heading[1]
        rows = grid(lines, CHUNK, name)
        values: list[int] = []
        spawns: list[int] = []
        for x in range(CHUNK):
            for y in range(ROWS):
                char = rows[y][x]
                if char in ENEMIES:
                    spawns += [x, ENEMIES[char], y]
                    values.append(0)
                else:
                    values.append(names.index(earth(rows, x, y)) if char == "#" else chars[char])
        chunks.append(name)
        out.table(f"chunk_{name}", values)
        out.table(f"spawns_{name}", [*spawns, 255])
    out.table("_chunk_tiles", [f"chunk_{name}" for name in chunks], "extern const u8 *const chunk_tiles[];")
    out.table("_chunk_spawns", [f"spawns_{name}" for name in chunks], "extern const u8 *const chunk_spawns[];")
    return chunks


def put_levels(out: Output, sceneries: list[str], chunks: list[str]) -> None:
    # Number 0 is the title's picture.
    levels = [("", "day", "title", ["title", "title"])]
    for line in (LEVELS / "levels.txt").read_text().splitlines():
        if line and not line.startswith("#"):
            title, palette, scenery, pieces = (part.strip() for part in line.split("|"))
            levels.append((title.removeprefix("level "), palette, scenery, pieces.split()))
    palettes: list[str] = []
    for number, (title, palette, _, parts) in enumerate(levels):
        out.table(f"level_{number}", [chunks.index(part) for part in parts])
        out.source.append(f'name_{number}: .byte "{title:^12}", 0')
        if palette not in palettes:
            palettes.append(palette)
            backdrop, *colour_sets = PALETTES[palette]
            out.table(
                f"palette_{palette}",
                [int(colour, 16) for colour_set in colour_sets for colour in (backdrop, *colour_set.split())],
            )
    numbers = range(len(levels))
    out.table("_level_chunks", [f"level_{n}" for n in numbers], "extern const u8 *const level_chunks[];")
    out.table("_level_names", [f"name_{n}" for n in numbers], "extern const char *const level_names[];")
    out.table(
        "_level_palettes", [f"palette_{level[1]}" for level in levels], "extern const u8 *const level_palettes[];"
    )
    out.table("_level_scenery", [sceneries.index(level[2]) for level in levels], "extern const u8 level_scenery[];")
    out.table("_level_lengths", [len(level[3]) for level in levels], "extern const u8 level_lengths[];")
    out.constant("FLAG_FROM_END", CHUNK - FLAG_COLUMN)
    out.constant("BURROW_FROM_FLAG", BURROW_FROM_FLAG)


def main() -> None:
    out = Output()
    put_letters(out)
    names, chars = put_tiles(out)
    put_sprites(out)
    put_title(out)
    sceneries = put_scenery(out, names, chars)
    chunks = put_chunks(out, names, chars)
    put_levels(out, sceneries, chunks)
    out.write(Path(sys.argv[1]))
    used = out.background.used(), out.sprites.used()
    sys.stdout.write(f"tiles: {used[0]} of the background, {used[1]} of sprites, of 256 each\n")


if __name__ == "__main__":
    main()
