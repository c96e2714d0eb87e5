"""Paints the four backdrops, 384x224 pixels in 32 colours each, from rectangles, bands and a fixed random sequence."""

from __future__ import annotations

import itertools
from collections.abc import Callable

WIDTH, HEIGHT, HORIZON = 384, 224, 168
Colour = tuple[int, int, int]


class Scene:
    """Colour numbers per pixel and the palette they come from."""

    def __init__(self, seed: int) -> None:
        self.pixels = [[0] * WIDTH for _ in range(HEIGHT)]
        self.palette: list[Colour] = [(0, 0, 0)]
        self._state = seed

    def random(self, below: int) -> int:
        self._state = (self._state * 1103515245 + 12345) & 0x7FFFFFFF
        return (self._state >> 8) % below

    def colour(self, r: int, g: int, b: int) -> int:
        """The number of a colour, whose parts go from 0 to 31."""
        if (r, g, b) not in self.palette:
            self.palette.append((r, g, b))
        if len(self.palette) > 32:
            raise ValueError("more than 31 colours in one backdrop")
        return self.palette.index((r, g, b))

    def box(self, x: int, y: int, w: int, h: int, colour: int) -> None:
        for row in range(max(y, 0), min(y + h, HEIGHT)):
            for column in range(max(x, 0), min(x + w, WIDTH)):
                self.pixels[row][column] = colour

    def bands(self, top: int, bottom: int, colours: list[Colour]) -> None:
        """A vertical run of colours, each band's edge broken by one dithered line."""
        numbers = [self.colour(*c) for c in colours]
        for y in range(top, bottom):
            band = (y - top) * len(numbers) // (bottom - top)
            here = (y + 1 - top) * len(numbers) // (bottom - top)
            for x in range(WIDTH):
                mixed = here != band and here < len(numbers) and (x >> 1) & 1
                self.pixels[y][x] = numbers[here if mixed else band]

    def disc(self, cx: int, cy: int, r: int, colour: int) -> None:
        for y in range(cy - r, cy + r + 1):
            for x in range(cx - r, cx + r + 1):
                if (x - cx) ** 2 + (y - cy) ** 2 <= r * r and 0 <= x < WIDTH and 0 <= y < HEIGHT:
                    self.pixels[y][x] = colour

    def hill(
        self, heights: list[tuple[int, int]], base: int, colour: int, cap: int | None = None, snow: int = 0
    ) -> None:
        """A range of hills through (x, y) corners down to `base`; above the line `snow` in colour `cap`."""
        for (x0, y0), (x1, y1) in itertools.pairwise(heights):
            for x in range(max(x0, 0), min(x1, WIDTH)):
                top = y0 + (y1 - y0) * (x - x0) // (x1 - x0)
                for y in range(top, base):
                    white = cap is not None and y < snow + ((x * 7) % 5) and y - top < 14
                    self.pixels[y][x] = cap if white and cap is not None else colour

    def planks(self, top: int, light: int, dark: int, line: int) -> None:
        """A floor of boards that widen towards the viewer."""
        for y in range(top, HEIGHT):
            depth = y - top
            for x in range(WIDTH):
                centre = (x - 192) * 64 // (40 + depth)
                board = (centre + 4096) // 24
                self.pixels[y][x] = light if board & 1 else dark
        y, step = top, 3
        while y < HEIGHT:
            self.box(0, y, WIDTH, 1, line)
            y += step
            step += 4

    def flags(self, top: int, light: int, dark: int, line: int) -> None:
        """A floor of square stones in perspective."""
        rows = [0, 4, 10, 19, 31, 46, 66]
        for y in range(top, HEIGHT):
            depth = y - top
            row = max(i for i, start in enumerate(rows) if start <= depth)
            for x in range(WIDTH):
                centre = (x - 192) * 64 // (40 + depth)
                column = (centre + 4096) // 32
                self.pixels[y][x] = light if (column + row) & 1 else dark
        for start in rows:
            self.box(0, top + start, WIDTH, 1, line)


def harbour() -> Scene:
    s = Scene(11)
    s.bands(
        0, 118, [(6, 4, 14), (9, 5, 16), (13, 6, 17), (17, 8, 17), (22, 10, 15), (26, 13, 12), (29, 17, 9), (31, 21, 8)]
    )
    s.disc(280, 104, 26, s.colour(31, 27, 12))
    s.disc(280, 104, 22, s.colour(31, 30, 18))
    cloud = s.colour(26, 15, 17)
    for x, y, w in ((30, 34, 70), (50, 40, 90), (180, 24, 60), (200, 29, 40), (310, 50, 64), (120, 66, 46)):
        s.box(x, y, w, 3, cloud)
        s.box(x + 8, y - 2, w - 24, 2, cloud)
    far = s.colour(11, 6, 14)
    x = 0
    while x < WIDTH:
        w, h = 10 + s.random(16), 8 + s.random(26)
        if not 236 < x < 322:
            s.box(x, 118 - h, w, h, far)
            if s.random(3) == 0:
                s.box(x + w // 2, 108 - h, 1, 10, far)
        x += w + s.random(5)
    s.bands(118, HORIZON - 12, [(24, 14, 12), (17, 10, 15), (12, 8, 16), (9, 7, 16)])
    glint = s.colour(31, 24, 14)
    for _ in range(46):
        y = 119 + s.random(34)
        s.box(280 - 24 + s.random(48) - (y - 118) // 2 + s.random(y - 117), y, 4 + s.random(9), 1, glint)
    hull, deck, sail = s.colour(7, 4, 6), s.colour(18, 9, 5), s.colour(28, 24, 20)
    for cx, size in ((84, 3), (196, 2)):
        for i in range(6 * size):
            s.box(cx - 14 * size + i // 2, 140 - 3 * size + i // 2, 28 * size - i, 1, hull)
        s.box(cx - 14 * size, 139 - 3 * size, 28 * size, 2, deck)
        s.box(cx, 139 - 20 * size, 2, 17 * size, hull)
        for i in range(14 * size):
            s.box(cx + 3, 139 - 19 * size + i, i * 2 // 3, 1, sail)
    rail, post = s.colour(14, 7, 4), s.colour(9, 4, 3)
    s.planks(HORIZON - 12, s.colour(20, 12, 7), s.colour(18, 10, 6), s.colour(13, 7, 4))
    s.box(0, HORIZON - 26, WIDTH, 3, rail)
    s.box(0, HORIZON - 18, WIDTH, 2, post)
    for x in range(8, WIDTH, 46):
        s.box(x, HORIZON - 30, 6, 24, rail)
        s.box(x + 4, HORIZON - 30, 2, 24, post)
    return s


def roofs() -> Scene:
    s = Scene(5)
    s.bands(0, 150, [(1, 1, 6), (2, 2, 8), (3, 3, 10), (4, 4, 13), (6, 5, 15), (9, 6, 16)])
    star, moon = s.colour(24, 25, 31), s.colour(28, 29, 26)
    for _ in range(70):
        s.box(s.random(WIDTH), s.random(90), 1, 1, star)
    s.disc(70, 42, 18, moon)
    s.disc(78, 38, 15, s.colour(2, 2, 8))
    lit, warm, off = s.colour(31, 28, 14), s.colour(27, 18, 8), s.colour(5, 6, 11)
    for layer, (shade, base, low, high) in enumerate((((5, 5, 12), 152, 30, 70), ((3, 3, 8), 160, 20, 104))):
        wall = s.colour(*shade)
        x = -6
        while x < WIDTH:
            w, h = 26 + s.random(28), low + s.random(high - low)
            s.box(x, base - h, w, h, wall)
            if s.random(2):
                s.box(x + w // 2, base - h - 12, 1, 12, wall)
            for wy in range(base - h + 5, base - 4, 8):
                for wx in range(x + 4, x + w - 5, 7):
                    kind = s.random(6 + layer)
                    s.box(wx, wy, 3, 4, lit if kind == 0 else warm if kind == 1 else off)
            x += w + (0 if layer == 0 else s.random(14))
    sign, glow = s.colour(31, 6, 14), s.colour(31, 20, 24)
    s.box(248, 84, 44, 22, sign)
    s.box(251, 87, 38, 16, s.colour(8, 1, 5))
    for i in range(5):
        s.box(254 + i * 7, 90 + (i & 1) * 3, 4, 8, glow)
    s.flags(HORIZON - 14, s.colour(9, 9, 13), s.colour(8, 8, 12), s.colour(5, 5, 9))
    edge = s.colour(12, 12, 17)
    s.box(0, HORIZON - 24, WIDTH, 10, s.colour(7, 7, 11))
    s.box(0, HORIZON - 26, WIDTH, 3, edge)
    for x in range(12, WIDTH, 64):
        s.box(x, HORIZON - 20, 20, 4, s.colour(5, 5, 9))
    return s


def temple() -> Scene:
    s = Scene(23)
    s.bands(0, 130, [(10, 18, 30), (12, 20, 31), (15, 22, 31), (18, 25, 31), (22, 27, 31), (26, 29, 31)])
    cloud, shade = s.colour(31, 31, 31), s.colour(25, 28, 30)
    for x, y, r in (
        (60, 36, 9),
        (74, 32, 12),
        (90, 37, 9),
        (300, 54, 8),
        (312, 50, 11),
        (328, 55, 8),
        (210, 22, 7),
        (221, 20, 9),
    ):
        s.disc(x, y + 2, r, shade)
        s.disc(x, y, r, cloud)
    snow = s.colour(29, 30, 31)
    s.hill(
        [(-20, 130), (40, 78), (90, 112), (150, 62), (220, 118), (290, 70), (340, 104), (400, 84)],
        150,
        s.colour(14, 18, 24),
        snow,
        92,
    )
    s.hill([(-20, 132), (60, 112), (130, 134), (210, 116), (300, 136), (400, 110)], 156, s.colour(9, 17, 12))
    s.hill([(-20, 150), (80, 134), (180, 148), (280, 136), (400, 150)], 160, s.colour(7, 14, 8))
    red, roof, beam, wall = s.colour(24, 6, 5), s.colour(6, 10, 13), s.colour(14, 5, 4), s.colour(28, 25, 19)
    for level, (y, half) in enumerate(((140, 44), (112, 36), (86, 28))):
        s.box(192 - half, y, half * 2, 22, wall)
        for x in range(192 - half, 192 + half + 1, 12):
            s.box(x, y, 3, 22, red)
        for i in range(9):
            s.box(192 - half - 6 - i, y - 9 + i, (half + 6 + i) * 2, 1, roof)
        s.box(192 - half - 16, y - 1, (half + 16) * 2, 2, beam)
        if level == 0:
            s.box(184, y + 4, 16, 18, beam)
    s.box(191, 62, 2, 16, beam)
    leaf, light, trunk = s.colour(28, 14, 18), s.colour(31, 21, 24), s.colour(9, 6, 4)
    for cx in (34, 346):
        s.box(cx - 3, 112, 6, 48, trunk)
        for _ in range(46):
            s.disc(cx - 30 + s.random(60), 84 + s.random(36), 4 + s.random(4), leaf if s.random(3) else light)
    s.flags(HORIZON - 10, s.colour(21, 20, 17), s.colour(19, 18, 15), s.colour(14, 13, 11))
    s.box(0, HORIZON - 12, WIDTH, 3, s.colour(24, 23, 20))
    return s


def foundry() -> Scene:
    s = Scene(42)
    s.bands(0, 150, [(4, 2, 3), (6, 2, 3), (9, 3, 3), (12, 4, 3), (16, 5, 2)])
    iron, dark, edge = s.colour(8, 7, 8), s.colour(5, 4, 6), s.colour(12, 11, 12)
    for x in range(-10, WIDTH, 96):
        s.box(x, 0, 16, 156, dark)
        s.box(x, 0, 3, 156, iron)
        for y in range(6, 150, 18):
            s.box(x + 7, y, 3, 3, edge)
    for y in (22, 30, 96):
        s.box(0, y, WIDTH, 6, iron)
        s.box(0, y, WIDTH, 1, edge)
        for x in range(20, WIDTH, 74):
            s.box(x, y - 2, 7, 10, edge)
    hot, melt, glow = s.colour(31, 28, 12), s.colour(31, 17, 3), s.colour(24, 8, 2)
    for cx in (62, 192, 322):
        s.disc(cx, 126, 26, dark)
        s.disc(cx, 126, 22, glow)
        s.disc(cx, 128, 17, melt)
        s.disc(cx, 131, 11, hot)
        s.box(cx - 28, 140, 56, 16, dark)
        for x in range(cx - 22, cx + 23, 11):
            s.box(x, 104, 3, 46, dark)
    for cx in (127, 257):
        s.box(cx - 1, 0, 2, 52, edge)
        for i in range(20):
            s.box(cx - 14 + i // 4, 52 + i, 28 - i // 2, 1, iron)
        s.box(cx - 14, 52, 28, 2, melt)
    head, shirt = s.colour(6, 3, 4), s.colour(9, 4, 4)
    for i in range(34):  # people who watch
        x = i * 12 + s.random(5)
        y = 146 + s.random(5)
        s.disc(x, y, 4, head)
        s.box(x - 6, y + 4, 12, 12, shirt if i & 1 else head)
    s.flags(HORIZON - 8, s.colour(13, 10, 9), s.colour(11, 8, 8), s.colour(7, 5, 5))
    rope = s.colour(27, 22, 18)
    for y in (HORIZON - 30, HORIZON - 20):
        s.box(0, y, WIDTH, 2, rope)
    for x in (2, 374):
        s.box(x, HORIZON - 40, 8, 44, s.colour(24, 4, 4))
    return s


SCENES: tuple[Callable[[], Scene], ...] = (harbour, roofs, temple, foundry)
