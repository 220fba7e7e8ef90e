"""A high room of books around a window."""

import math

from demo.pictures.canvas import HEIGHT, Canvas, Point
from demo.pictures.palette import (
    DAWN,
    DUSK,
    EVENING,
    MORNING,
    NIGHT,
    OVERCAST,
    Colour,
    Palette,
    choose_palette,
    ink,
    mix,
)

BINDINGS = tuple(
    ink(code)
    for code in [
        "7a3b2e",
        "8c6a3f",
        "3f5148",
        "2f4257",
        "5b3a4a",
        "a08a5b",
        "6b6f62",
        "93553c",
        "344a3a",
        "4b4f5e",
    ]
)


def draw_library(canvas: Canvas) -> None:
    """A high wall of books around a tall window, a gallery, a ladder, a table with its lamps."""
    rng = canvas.rng
    palette = choose_palette(rng, (DAWN, MORNING, OVERCAST, EVENING, DUSK, NIGHT))
    wood = mix(ink("4a3325"), palette.shadow, rng.uniform(0.15, 0.5))
    canvas.rectangle(0, 0, canvas.width, HEIGHT, mix(wood, palette.shadow, 0.4))
    middle = rng.choice((0.32, 0.5, 0.68)) * canvas.width
    half = rng.uniform(125, 165)
    _shelves(canvas, palette, wood, (middle - half - 46, middle + half + 46))
    _tall_window(canvas, palette, wood, middle, half)
    _gallery(canvas, palette, wood, (middle - half - 46, middle + half + 46))
    _ladder(canvas, wood, middle + rng.choice((-1, 1)) * rng.uniform(330, 480), palette)
    slant = rng.choice((-1, 1)) * rng.uniform(120, 300)
    canvas.veil(
        [
            (middle - half, 220),
            (middle + half, 220),
            (middle + half + slant * 2, HEIGHT),
            (middle - half + slant * 2, HEIGHT),
        ],
        palette.sun,
        0.13,
    )
    _reading_table(canvas, palette, wood)


def _shelves(canvas: Canvas, palette: Palette, wood: Colour, gap: tuple[float, float]) -> None:
    """Bookcases from floor to ceiling on both sides of the window."""
    rng = canvas.rng
    pitch = rng.uniform(84, 98)
    rows = int(840 // pitch) + 1
    for left, right in ((-30.0, gap[0]), (gap[1], canvas.width + 30)):
        bays = max(1, round((right - left) / 215))
        for bay in range(bays):
            start, end = (left + (right - left) * bay / bays, left + (right - left) * (bay + 1) / bays)
            for row in range(rows):
                _books(canvas, palette, (start + 9, end - 9), row * pitch + pitch - 8, pitch - 14)
                canvas.rectangle(
                    start, row * pitch + pitch - 9, end, row * pitch + pitch + 1, mix(wood, palette.sun, 0.16)
                )
            canvas.rectangle(start - 8, 0, start + 8, 880, wood)
            canvas.rectangle(start + 4, 0, start + 8, 880, mix(wood, palette.shadow, 0.6))
            canvas.rectangle(end - 8, 0, end + 8, 880, wood)


def _books(canvas: Canvas, palette: Palette, span: tuple[float, float], foot: float, room: float) -> None:
    """One shelf: runs of one binding, odd volumes, gaps, and a few that lean."""
    rng = canvas.rng
    x, right = span
    shade = mix(palette.shadow, palette.haze, 0.14)
    while x < right - 8:
        if rng.random() < 0.09:
            x += rng.uniform(10, 34)
            continue
        binding = mix(rng.choice(BINDINGS), shade, rng.uniform(0.22, 0.5))
        tall, broad = room * rng.uniform(0.62, 0.96), rng.uniform(7, 15)
        for _ in range(rng.choice((1, 1, 2, 3, 6))):
            if x + broad > right:
                break
            canvas.rectangle(x, foot - tall, x + broad - 1.2, foot, binding)
            canvas.rectangle(x, foot - tall, x + 1.8, foot, mix(binding, palette.sun, 0.22))
            if broad > 9:
                canvas.rectangle(
                    x + 2,
                    foot - tall * 0.8,
                    x + broad - 3,
                    foot - tall * 0.72,
                    mix(binding, palette.paper, 0.5),
                )
            x += broad
        if rng.random() < 0.1 and x + 26 < right:
            canvas.polygon(
                [(x + 3, foot), (x + 13, foot), (x + 24, foot - tall * 0.9), (x + 15, foot - tall * 0.93)],
                binding,
            )
            x += 27


def _tall_window(canvas: Canvas, palette: Palette, wood: Colour, middle: float, half: float) -> None:
    """A round-headed window to the floor of the gallery and below, with leading and a sill."""
    top, bottom = 70 + half, 800.0
    night = palette.sky[0] < 60

    def outline(size: float) -> list[Point]:
        angles = [math.pi * index / 30 for index in range(31)]
        return [
            (middle + size, bottom),
            *[(middle + math.cos(a) * size, top - math.sin(a) * size) for a in angles],
            (middle - size, bottom),
        ]

    canvas.polygon(outline(half + 46), mix(wood, palette.shadow, 0.3))
    canvas.polygon(outline(half + 20), mix(wood, palette.sun, 0.22))
    canvas.shade(
        outline(half),
        mix(palette.sky, palette.paper, 0.1 if night else 0.5),
        mix(palette.horizon, palette.sun, 0.25 if night else 0.6),
    )
    _view(canvas, palette, (middle, bottom), half)
    if night:
        canvas.ellipse(middle + half * 0.3, top + 40, 20, 20, palette.sun)
    bars = mix(wood, palette.shadow, 0.35)
    for share in (-0.5, 0, 0.5):
        canvas.line(
            [(middle + half * share, top - half * math.sqrt(1 - share**2)), (middle + half * share, bottom)],
            bars,
            4.5,
        )
    for row in range(8):
        y = top + row * (bottom - top) / 8
        canvas.line([(middle - half, y), (middle + half, y)], bars, 3)
    canvas.glow(middle, (top + bottom) / 2, 560, palette.sun, 0.1 if night else 0.3)


def _view(canvas: Canvas, palette: Palette, foot: Point, half: float) -> None:
    """Two lines of hills beyond the window."""
    x, y = foot
    for heights, nearness in (((90, 150, 105, 160), 0.4), ((55, 70, 68, 85), 0.65)):
        steps = zip((-1.0, -0.3, 0.4, 1.0), heights, strict=True)
        skyline = [(x + half * across, y - up) for across, up in steps]
        canvas.veil([*skyline, (x + half, y), (x - half, y)], palette.depth(nearness), 0.78)


def _gallery(canvas: Canvas, palette: Palette, wood: Colour, gap: tuple[float, float]) -> None:
    """A railed walk half way up, broken at the window."""
    y = canvas.rng.uniform(400, 440)
    for left, right in ((0.0, gap[0] - 4), (gap[1] + 4, canvas.width)):
        canvas.rectangle(left, y, right, y + 22, mix(wood, palette.shadow, 0.35))
        canvas.rectangle(left, y, right, y + 5, mix(wood, palette.sun, 0.4))
        canvas.rectangle(left, y - 74, right, y - 67, mix(wood, palette.sun, 0.28))
        count = int((right - left) / 17)
        for index in range(count + 1):
            x = left + (right - left) * index / max(1, count)
            canvas.line([(x, y - 70), (x, y)], mix(wood, palette.shadow, 0.5), 3)


def _ladder(canvas: Canvas, wood: Colour, x: float, palette: Palette) -> None:
    tone = mix(wood, palette.sun, 0.5)
    lean = 42
    for offset in (0, 56):
        canvas.line([(x + offset, 872), (x + offset + lean, 430)], tone, 7)
    for rung in range(1, 11):
        t = rung / 11
        canvas.line([(x + lean * t, 872 - 442 * t), (x + 56 + lean * t, 872 - 442 * t)], tone, 5)


def _reading_table(canvas: Canvas, palette: Palette, wood: Colour) -> None:
    """A long table across the foot of the picture: lamps, open books, a reader."""
    rng = canvas.rng
    dark = mix(palette.shadow, wood, 0.25)
    canvas.wash(868, HEIGHT, mix(wood, palette.shadow, 0.3), palette.shadow)
    reader = rng.uniform(0.25, 0.75) * canvas.width
    canvas.ellipse(reader, 776, 25, 31, dark)
    shoulders = [(-13, 796), (13, 796), (17, 822), (58, 838), (76, 868), (84, 930)]
    canvas.polygon(
        [(reader + dx, y) for dx, y in shoulders] + [(reader - dx, y) for dx, y in reversed(shoulders[2:])],
        dark,
    )
    canvas.rectangle(0, 908, canvas.width, HEIGHT, dark)
    canvas.rectangle(0, 904, canvas.width, 915, mix(wood, palette.sun, 0.38))
    shade = rng.choice((ink("2f5a48"), ink("8a5233"), ink("3c5570")))
    x = rng.uniform(90, 200)
    while x < canvas.width - 60:
        if abs(x - reader) > 130:
            canvas.glow(x, 872, 190, palette.sun, 0.5)
            canvas.line([(x, 906), (x, 836)], mix(dark, palette.accent, 0.5), 6)
            canvas.polygon([(x - 66, 840), (x - 42, 806), (x + 42, 806), (x + 66, 840)], shade)
            canvas.rectangle(x - 66, 838, x + 66, 843, mix(palette.sun, palette.paper, 0.3))
            canvas.rectangle(x - 26, 899, x + 26, 906, dark)
        for pile in range(rng.randint(0, 3)):
            bx = x + rng.uniform(110, 150)
            canvas.rectangle(bx - 44, 892 - pile * 13, bx + 40, 904 - pile * 13, rng.choice(BINDINGS))
        x += rng.uniform(330, 420)
    page = mix(palette.paper, palette.sun, 0.3)
    canvas.polygon(
        [(reader - 60, 903), (reader - 50, 890), (reader, 897), (reader + 50, 890), (reader + 60, 903)], page
    )
