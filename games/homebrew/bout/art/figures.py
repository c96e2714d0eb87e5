"""Draws fighters from the points in poses.txt: limbs are tapered capsules, shaded in three tones and outlined.

Only +, -, *, / and math.sqrt are used on floats. IEEE 754 rounds them correctly everywhere, so that every machine
draws the same pixels.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path

Point = tuple[float, float]

# Colour numbers in a fighter's palette.
OUTLINE, SKIN, TOP, LEGS, HAIR, GLOVE, WHITE = 1, 2, 5, 8, 11, 13, 15
LEFT, WIDTH, HEIGHT = -80, 160, 128  # the canvas: x from LEFT on, y from 0 up


@dataclass(frozen=True)
class Build:
    """Proportions and dress of one fighter."""

    name: str
    tall: float
    thick: float
    head: float
    gear: str
    sleeves: bool
    trousers: bool


BUILDS = (
    Build("KAI", 1.0, 1.0, 8.0, "band", True, True),
    Build("BRUNA", 0.96, 0.86, 7.6, "tail", False, False),
    Build("TOLO", 1.06, 1.36, 8.2, "beard", False, True),
    Build("VEX", 1.08, 0.92, 7.6, "hood", True, True),
)


def read_poses(path: Path) -> dict[str, list[Point]]:
    """The seven points of every pose, in the file's order."""
    poses: dict[str, list[Point]] = {}
    for line in path.read_text().splitlines():
        if line.strip() and not line.startswith("#"):
            name, *points = line.split()
            poses[name] = [(float(p.split(",")[0]), float(p.split(",")[1])) for p in points]
            if len(poses[name]) != 7:
                raise ValueError(f"{path.name}: {name} has {len(poses[name])} points, not 7")
    return poses


class Canvas:
    """A picture of colour numbers, 0 where nothing was drawn."""

    def __init__(self) -> None:
        self.pixels = [[0] * WIDTH for _ in range(HEIGHT)]

    def capsule(self, a: Point, b: Point, ra: float, rb: float, ramp: int, tones: int = 3) -> None:
        """A limb from a to b with its outline; `ramp` is the darkest of its `tones` colours."""
        big = max(ra, rb) + 2
        x_from, x_to = int(min(a[0], b[0]) - big) - 1, int(max(a[0], b[0]) + big) + 1
        y_from, y_to = int(min(a[1], b[1]) - big) - 1, int(max(a[1], b[1]) + big) + 1
        dx, dy = b[0] - a[0], b[1] - a[1]
        length = dx * dx + dy * dy
        inside: list[tuple[int, int, int]] = []
        for y in range(max(y_from, 0), min(y_to + 1, HEIGHT)):
            for x in range(max(x_from, LEFT), min(x_to + 1, LEFT + WIDTH)):
                px, py = x + 0.5 - a[0], y + 0.5 - a[1]
                t = (px * dx + py * dy) / length if length > 0 else 0.0
                t = 0.0 if t < 0 else 1.0 if t > 1 else t
                ex, ey = px - t * dx, py - t * dy
                r = ra + (rb - ra) * t
                d = math.sqrt(ex * ex + ey * ey)
                if d <= r + 1.0:
                    if d <= r:
                        light = (-0.45 * ex + 0.85 * ey) / r
                        tone = 2 if light > 0.35 else 1 if light > -0.4 else 0
                        inside.append((x, y, ramp + min(tone, tones - 1)))
                    else:
                        self.pixels[y][x - LEFT] = OUTLINE
        for x, y, colour in inside:
            self.pixels[y][x - LEFT] = colour

    def dot(self, x: float, y: float, colour: int) -> None:
        xi, yi = math.floor(x) - LEFT, math.floor(y)
        if 0 <= xi < WIDTH and 0 <= yi < HEIGHT:
            self.pixels[yi][xi] = colour


def bend(a: Point, b: Point, upper: float, lower: float, side: float) -> Point:
    """The joint between a and b; `side` 1 puts it to the left of the way from a to b, -1 to the right."""
    dx, dy = b[0] - a[0], b[1] - a[1]
    d = math.sqrt(dx * dx + dy * dy)
    if d < 0.5:
        return (a[0] + upper, a[1])
    if d >= upper + lower:
        t = upper / (upper + lower)
        return (a[0] + dx * t, a[1] + dy * t)
    along = (upper * upper - lower * lower + d * d) / (2 * d)
    out = math.sqrt(max(upper * upper - along * along, 0.0)) * side
    return (a[0] + (dx * along - dy * out) / d, a[1] + (dy * along + dx * out) / d)


def draw(pose: list[Point], build: Build) -> Canvas:
    """One picture."""
    canvas = Canvas()
    k, w = build.tall, build.thick
    hip, chest, head, hand_f, hand_b, foot_f, foot_b = ((x * k, y * k) for x, y in pose)
    ankle = 3.0

    def lift(foot: Point) -> Point:
        return (foot[0], max(foot[1], ankle))

    def arm(hand: Point, shoulder: Point, shade: int) -> None:
        elbow = bend(shoulder, hand, 14 * k, 14 * k, -1.0)
        sleeve = TOP if build.sleeves else SKIN
        canvas.capsule(shoulder, elbow, 5.0 * w, 4.2 * w, sleeve, shade)
        canvas.capsule(elbow, hand, 4.2 * w, 3.4 * w, SKIN, shade)
        canvas.capsule(hand, (hand[0] + 1.5, hand[1]), 4.4 * w, 4.2 * w, GLOVE, min(shade, 2))

    def leg(foot: Point, joint: Point, shade: int) -> None:
        knee = bend(joint, foot, 20 * k, 20 * k, 1.0)
        shin = LEGS if build.trousers else SKIN
        canvas.capsule(joint, knee, 7.2 * w, 5.6 * w, LEGS, shade)
        canvas.capsule(knee, foot, 5.4 * w, 3.6 * w, shin, shade)
        toe = direction(knee, foot)
        canvas.capsule(foot, (foot[0] + toe[0], foot[1] + toe[1]), 3.6, 3.0, GLOVE, min(shade, 2))

    def direction(knee: Point, foot: Point) -> Point:
        """Where the toes point: along the ground when the foot stands, else away from the shin, forward."""
        if foot[1] <= 10:
            return (5.5, 0.0)
        dx, dy = foot[0] - knee[0], foot[1] - knee[1]
        d = math.sqrt(dx * dx + dy * dy) or 1.0
        return (-dy / d * 4.5 + dx / d * 2, dx / d * 4.5 + dy / d * 2)

    shoulder_f = (chest[0] + 1.0, chest[1] - 1.0)
    shoulder_b = (chest[0] - 2.0 * w, chest[1] - 1.0)
    arm(hand_b, shoulder_b, 2)
    leg(lift(foot_b), (hip[0] - 2, hip[1]), 2)
    leg(lift(foot_f), (hip[0] + 2, hip[1]), 3)
    neck = ((chest[0] + head[0]) / 2, (chest[1] + head[1]) / 2)
    canvas.capsule(chest, neck, 5 * w, 4, SKIN)
    canvas.capsule(hip, chest, 7.4 * w, 9.6 * w, TOP)
    canvas.capsule((hip[0] - 5 * w, hip[1] + 3), (hip[0] + 5 * w, hip[1] + 3), 2.0, 2.0, HAIR, 2)
    draw_head(canvas, build, head, chest)
    arm(hand_f, shoulder_f, 3)
    return canvas


def draw_head(canvas: Canvas, build: Build, head: Point, chest: Point) -> None:
    """The head, turned the way the neck leans, with hair, band, beard or hood."""
    r = build.head
    dx, dy = head[0] - chest[0], head[1] - chest[1]
    d = math.sqrt(dx * dx + dy * dy) or 1.0
    up = (dx / d, dy / d)
    ahead = (up[1], -up[0])

    def at(f: float, u: float) -> Point:
        return (head[0] + ahead[0] * f + up[0] * u, head[1] + ahead[1] * f + up[1] * u)

    if build.gear == "tail":
        canvas.capsule(at(-5, 4), at(-13, 0), 3.4, 2.6, HAIR, 2)
        canvas.capsule(at(-13, 0), at(-17, -9), 2.8, 1.2, HAIR, 2)
    if build.gear == "band":
        canvas.capsule(at(-6, 3), at(-16, 1), 1.3, 1.3, GLOVE, 2)
        canvas.capsule(at(-6, 2), at(-14, -5), 1.3, 1.0, GLOVE, 2)
    if build.gear == "hood":
        canvas.capsule(at(-2, 0), at(-1, 2), r + 1.6, r + 1.0, HAIR, 2)
        canvas.capsule(at(2, -1), at(2, 0), r - 2.4, r - 2.4, SKIN)
        canvas.capsule(at(0, -5), at(4.5, -5), 2.6, 2.0, HAIR, 2)
    else:
        canvas.capsule(at(0, -1), at(0, 1), r - 0.6, r, SKIN)
    if build.gear in ("band", "tail"):
        canvas.capsule(at(-3, 5), at(3, 6.5), 4.4, 2.6, HAIR, 2)
        canvas.capsule(at(-5.5, 2), at(-5, -1), 2.6, 2.0, HAIR, 2)
    if build.gear == "band":
        for step in range(-14, 15):
            point = at(step / 2, 2.6 + step / 14)
            canvas.dot(point[0], point[1], GLOVE + 1)
            canvas.dot(point[0], point[1] + 1, GLOVE)
    if build.gear == "beard":
        canvas.capsule(at(0, -6), at(5, -5), 3.2, 2.4, HAIR, 2)
        canvas.capsule(at(-6, 1), at(-6, 3), 1.4, 1.4, HAIR, 2)
    for f in (3.0, 6.0):
        eye = at(f, 0.6)
        canvas.dot(eye[0], eye[1], OUTLINE)
        canvas.dot(eye[0], eye[1] + 1, WHITE if build.gear == "hood" else OUTLINE)
        canvas.dot(eye[0] - 1, eye[1], WHITE)
