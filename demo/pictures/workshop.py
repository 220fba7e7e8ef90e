"""The toolmakers' shop under its tall windows."""

import itertools
import math

from demo.pictures.canvas import HEIGHT, Canvas, Point
from demo.pictures.nature import paint_figure, ridge
from demo.pictures.palette import DAWN, DUSK, EVENING, MORNING, OVERCAST, Colour, Palette, choose_palette, mix


def draw_workshop(canvas: Canvas) -> None:
    """A long shop under tall windows: machines in rows, belts, tools on the wall, light on the floor."""
    rng = canvas.rng
    palette = choose_palette(rng, (DAWN, MORNING, OVERCAST, EVENING, DUSK))
    wall = mix(mix(palette.haze, palette.land, 0.3), palette.shadow, 0.42)
    floor = 720.0
    canvas.wash(0, floor, mix(wall, palette.shadow, 0.55), wall)
    canvas.wash(floor, HEIGHT, mix(wall, palette.accent, 0.14), mix(palette.shadow, wall, 0.2))
    for index in range(15):
        x = canvas.width * (index / 14 * 3 - 1)
        canvas.line(
            [(canvas.width / 2 + (x - canvas.width / 2) * 0.45, floor), (x, HEIGHT)],
            mix(wall, palette.shadow, 0.4),
            1.4,
        )
    sills = _windows(canvas, palette, floor)
    _roof(canvas, palette)
    _tool_board(canvas, palette, sills)
    _light(canvas, palette, sills, floor)
    _machines(canvas, palette, floor + 20, 0.8, 0.72)
    paint_figure(canvas, rng.uniform(0.25, 0.75) * canvas.width, floor + 88, 222, palette.depth(0.92))
    _bench(canvas, palette)


def _windows(canvas: Canvas, palette: Palette, floor: float) -> list[tuple[float, float]]:
    """Tall windows of many panes along the wall; returns the left and right of each."""
    rng = canvas.rng
    count = rng.choice((4, 5, 6))
    pitch = canvas.width / count
    arched = rng.random() < 0.5
    hills = ridge(rng, canvas.width, floor - 245, 55)
    sides = []
    for index in range(count):
        left, right = pitch * (index + 0.17), pitch * (index + 0.83)
        top, bottom = 230.0, floor - 170
        outline: list[Point] = [(right, bottom), (left, bottom)]
        half = (right - left) / 2
        if arched:
            outline += [
                (left + half - math.cos(a) * half, top - math.sin(a) * half * 0.55)
                for a in (math.pi * i / 20 for i in range(21))
            ]
        else:
            outline += [(left, top - 50), (right, top - 50)]
        canvas.glow(left + half, (top + bottom) / 2, 330, palette.sun, 0.4)
        canvas.shade(outline, mix(palette.sky, palette.paper, 0.45), mix(palette.horizon, palette.sun, 0.6))
        view = [(x, y) for x, y in hills if left < x < right]
        canvas.veil(
            [(left, bottom), (left, view[0][1]), *view, (right, view[-1][1]), (right, bottom)],
            palette.depth(0.35),
            0.6,
        )
        _panes(canvas, palette, (left, top - (half * 0.55 if arched else 50), right, bottom), outline)
        sides.append((left, right))
    return sides


def _panes(
    canvas: Canvas, palette: Palette, box: tuple[float, float, float, float], outline: list[Point]
) -> None:
    bars = mix(palette.shadow, palette.haze, 0.12)
    left, top, right, bottom = box
    for column in range(1, 4):
        x = left + (right - left) * column / 4
        roof = top + (0 if column == 2 else (bottom - top) * 0.06)
        canvas.line([(x, roof), (x, bottom)], bars, 3.4)
    for row in range(1, 6):
        y = top + (bottom - top) * (0.12 + 0.88 * row / 6)
        canvas.line([(left, y), (right, y)], bars, 3.4)
    canvas.line([*outline, outline[0]], bars, 9)
    canvas.rectangle(left - 14, bottom, right + 14, bottom + 14, mix(palette.paper, palette.haze, 0.7))


def _roof(canvas: Canvas, palette: Palette) -> None:
    """Trusses overhead, a line shaft with pulleys, and belts coming down."""
    rng = canvas.rng
    iron = palette.depth(0.97)
    canvas.rectangle(0, 0, canvas.width, 46, iron)
    bays = rng.randint(4, 6)
    for index in range(bays + 1):
        x = canvas.width * index / bays
        canvas.line([(x - 150, 46), (x, 122), (x + 150, 46)], iron, 7)
        canvas.line([(x, 0), (x, 122)], iron, 7)
    canvas.line([(0, 122), (canvas.width, 122)], iron, 11)
    canvas.line([(0, 150), (canvas.width, 150)], mix(iron, palette.paper, 0.35), 7)
    for index in range(bays * 2):
        x = canvas.width * (index + 0.5) / (bays * 2) + rng.uniform(-24, 24)
        radius = rng.uniform(17, 34)
        canvas.rectangle(x - 4, 122, x + 4, 150, iron)
        canvas.ellipse(x, 150, radius, radius, iron)
        canvas.ellipse(x, 150, radius * 0.72, radius * 0.72, mix(iron, palette.haze, 0.22))
        canvas.ellipse(x, 150, radius * 0.2, radius * 0.2, iron)
        if rng.random() < 0.6:
            canvas.line(
                [(x, 150 + radius * 0.6), (x + rng.uniform(-26, 26), 650)], mix(iron, palette.haze, 0.16), 4
            )


def _tool_board(canvas: Canvas, palette: Palette, windows: list[tuple[float, float]]) -> None:
    """Hand tools hung between the windows, small and regular."""
    rng = canvas.rng
    tone = palette.depth(0.92)
    for (_, left), (right, _) in itertools.pairwise(windows):
        middle, room = (left + right) / 2, (right - left) * 0.34
        for row in range(4):
            y = 320 + row * 56
            canvas.line([(middle - room, y), (middle + room, y)], tone, 2)
            for column in range(4):
                x, drop = (middle - room + room * 2 * (column + 0.5) / 4, rng.uniform(18, 40))
                canvas.line([(x, y), (x, y + drop)], tone, 2.6)
                if rng.random() < 0.5:
                    canvas.rectangle(x - 5, y + drop - 6, x + 5, y + drop + 3, tone)
                else:
                    canvas.ellipse(x, y + drop, 4, 6, mix(tone, palette.accent, 0.25))


def _light(canvas: Canvas, palette: Palette, windows: list[tuple[float, float]], floor: float) -> None:
    """Shafts of light from the windows and the bright shapes they throw on the floor."""
    slant = canvas.rng.choice((-1, 1)) * canvas.rng.uniform(130, 290)
    for left, right in windows:
        canvas.veil(
            [(left, 300), (right, 300), (right + slant * 1.5, 930), (left + slant * 1.5, 930)],
            palette.sun,
            0.09,
        )
        canvas.veil(
            [
                (left + slant, floor + 36),
                (right + slant, floor + 36),
                (right + slant * 1.55, 930),
                (left + slant * 1.55, 930),
            ],
            palette.sun,
            0.34,
        )


def _machines(canvas: Canvas, palette: Palette, foot: float, scale: float, nearness: float) -> None:
    """Lathes and drills in silhouette along the wall."""
    rng = canvas.rng
    x = rng.uniform(10, 80)
    while x < canvas.width - 60:
        if rng.random() < 0.66:
            _lathe(canvas, palette, (x, foot), scale * rng.uniform(0.9, 1.1), nearness)
            x += 300 * scale
        else:
            _drill(canvas, palette, (x + 50, foot), scale * rng.uniform(0.9, 1.15), nearness)
            x += 150 * scale
        x += rng.uniform(10, 60)


def _lathe(canvas: Canvas, palette: Palette, foot: Point, s: float, nearness: float) -> None:
    (x, y), tone = foot, palette.depth(nearness)
    light = mix(tone, palette.sun, 0.35)

    def box(left: float, bottom: float, right: float, top: float, colour: Colour) -> None:
        canvas.rectangle(x + left * s, y - top * s, x + right * s, y - bottom * s, colour)

    for left in (10, 220):
        canvas.polygon(
            [
                (x + left * s, y),
                (x + (left + 8) * s, y - 80 * s),
                (x + (left + 40) * s, y - 80 * s),
                (x + (left + 48) * s, y),
            ],
            tone,
        )
    box(0, 78, 275, 104, tone)
    box(0, 102, 275, 106, light)
    box(6, 104, 82, 176, tone)
    box(6, 173, 82, 177, light)
    box(82, 122, 100, 158, mix(tone, palette.accent, 0.4))
    box(100, 134, 216, 146, mix(palette.paper, tone, 0.35))
    box(140, 104, 180, 130, tone)
    box(216, 104, 258, 158, tone)
    canvas.ellipse(x + 268 * s, y - 140 * s, 13 * s, 18 * s, tone)
    canvas.ellipse(x + 44 * s, y - 140 * s, 20 * s, 20 * s, mix(tone, palette.sun, 0.16))


def _drill(canvas: Canvas, palette: Palette, foot: Point, s: float, nearness: float) -> None:
    (x, y), tone = foot, palette.depth(nearness)
    canvas.rectangle(x - 44 * s, y - 14 * s, x + 44 * s, y, tone)
    canvas.rectangle(x - 30 * s, y - 290 * s, x - 10 * s, y - 10 * s, tone)
    canvas.rectangle(x - 42 * s, y - 130 * s, x + 52 * s, y - 116 * s, tone)
    canvas.polygon(
        [
            (x - 40 * s, y - 300 * s),
            (x + 52 * s, y - 286 * s),
            (x + 52 * s, y - 232 * s),
            (x - 40 * s, y - 226 * s),
        ],
        tone,
    )
    canvas.line([(x + 28 * s, y - 234 * s), (x + 28 * s, y - 150 * s)], mix(palette.paper, tone, 0.3), 6 * s)
    canvas.line([(x + 50 * s, y - 250 * s), (x + 84 * s, y - 208 * s)], tone, 4 * s)
    canvas.ellipse(x - 20 * s, y - 306 * s, 26 * s, 17 * s, mix(tone, palette.accent, 0.35))


def _bench(canvas: Canvas, palette: Palette) -> None:
    """The bench nearest to us, dark against the light, with a vice and work laid out."""
    rng = canvas.rng
    tone = palette.depth(1)
    canvas.rectangle(0, 905, canvas.width, HEIGHT, tone)
    canvas.rectangle(0, 900, canvas.width, 911, mix(tone, palette.accent, 0.35))
    x = rng.uniform(0.1, 0.25) * canvas.width
    while x < canvas.width * 0.92:
        kind = rng.randrange(4)
        if kind == 0:
            canvas.rectangle(x - 50, 838, x + 10, 902, tone)
            canvas.rectangle(x + 18, 838, x + 46, 884, tone)
            canvas.line([(x - 90, 868), (x + 60, 868)], tone, 9)
        elif kind == 1:
            canvas.ellipse(x, 874, 30, 30, tone)
            canvas.ellipse(x, 874, 11, 11, mix(tone, palette.sun, 0.4))
            for tooth in range(12):
                a = math.tau * tooth / 12
                canvas.ellipse(x + math.cos(a) * 31, 874 + math.sin(a) * 31, 5, 5, tone)
        elif kind == 2:
            for index in range(5):
                canvas.rectangle(
                    x + index * 5,
                    891 - index * 9,
                    x + 92 - index * 9,
                    899 - index * 9,
                    mix(tone, palette.sun, 0.06 * index),
                )
        else:
            canvas.line([(x - 60, 896), (x + 60, 880)], tone, 10)
            canvas.rectangle(x + 44, 862, x + 76, 892, tone)
        x += rng.uniform(170, 330)
