"""Fields under water and grain, running to the horizon."""

import itertools

from demo.pictures.canvas import HEIGHT, Canvas, Point
from demo.pictures.nature import (
    closed,
    paint_birds,
    paint_bush,
    paint_disc,
    paint_figure,
    paint_poplar,
    paint_sky,
    ridge,
    ripple,
)
from demo.pictures.palette import DAYLIGHT, Palette, choose_palette, mix


def draw_fields(canvas: Canvas) -> None:
    """Paddies and strips running to the horizon, parted by banks, with a farm and its trees."""
    rng = canvas.rng
    palette = choose_palette(rng, DAYLIGHT)
    horizon = rng.uniform(400, 450)
    sun = (rng.uniform(0.2, 0.8) * canvas.width, horizon - rng.uniform(60, 230))
    paint_sky(canvas, palette, horizon, sun)
    paint_disc(canvas, palette, sun, rng.uniform(24, 40))
    for index, base in enumerate((horizon - 12, horizon + 4)):
        edge = ridge(rng, canvas.width, base, 44 - 26 * index)
        canvas.polygon(closed(edge, HEIGHT), palette.depth(0.14 + 0.16 * index))
    _strips(canvas, palette, horizon + 18, (rng.uniform(0.3, 0.7) * canvas.width, horizon - 60))
    _farm(canvas, palette, rng.uniform(0.15, 0.85) * canvas.width, horizon + 44)
    _tree_row(canvas, palette, horizon + 40, 70, 0.5)
    paint_birds(canvas, palette, (200, 120, canvas.width - 200, horizon - 80))
    _near_bank(canvas, palette)


def _strips(canvas: Canvas, palette: Palette, top: float, vanishing: Point) -> None:
    """Rows of parcels in perspective, each either water, stubble or young green."""
    rng = canvas.rng
    rows = [top]
    while rows[-1] < HEIGHT:
        rows.append(rows[-1] + rng.uniform(9, 16) + (rows[-1] - top) * rng.uniform(0.4, 0.95))
    canvas.wash(top, HEIGHT, palette.ground(0.25), palette.ground(0.8))
    for upper, lower in itertools.pairwise(rows):
        spread = (lower - vanishing[1]) / (HEIGHT - vanishing[1])
        x = vanishing[0] - canvas.width * 2.2
        skew = rng.uniform(-90, 90)
        while x < vanishing[0] + canvas.width * 2.2:
            broad = rng.choice((260, 420, 700, 1100)) * rng.uniform(0.8, 1.2)
            corners = [
                _towards(vanishing, x + dx, y)
                for dx, y in ((0, upper), (broad, upper), (broad + skew, lower), (skew, lower))
            ]
            if max(px for px, _ in corners) > 0 and min(px for px, _ in corners) < canvas.width:
                _parcel(canvas, palette, corners, spread)
            x += broad


def _towards(vanishing: Point, x: float, y: float) -> Point:
    """Where the line from the foot of the picture at `x` to the vanishing point crosses height `y`."""
    share = (y - vanishing[1]) / (HEIGHT - vanishing[1])
    return vanishing[0] + (x - vanishing[0]) * share, y


def _parcel(canvas: Canvas, palette: Palette, corners: list[Point], nearness: float) -> None:
    """One field: water that mirrors the sky, ploughed rows, or a flat crop; then its bank."""
    rng = canvas.rng
    kind = rng.random()
    upper_left, upper_right, lower_right, lower_left = corners
    if kind < 0.4:
        canvas.shade(
            corners,
            mix(palette.horizon, palette.sun, 0.3),
            mix(palette.sky, palette.horizon, 0.45 - 0.3 * nearness),
        )
        _shoots(canvas, palette, corners, nearness)
    else:
        crop = mix(
            palette.ground(nearness),
            palette.accent if kind > 0.86 else palette.horizon,
            rng.uniform(0.04, 0.34),
        )
        canvas.polygon(corners, crop)
        furrow = mix(crop, palette.shadow, 0.3)
        for step in range(1, 14):
            t = step / 14
            start = (upper_left[0] + (upper_right[0] - upper_left[0]) * t, upper_left[1])
            end = (lower_left[0] + (lower_right[0] - lower_left[0]) * t, lower_left[1])
            canvas.line([start, end], furrow, 0.5 + 2.2 * nearness)
    bank = mix(palette.ground(nearness), palette.shadow, 0.45)
    canvas.line([upper_left, lower_left, lower_right], bank, 1 + 8 * nearness)


def _shoots(canvas: Canvas, palette: Palette, corners: list[Point], nearness: float) -> None:
    """Rows of seedlings standing in the water."""
    rng = canvas.rng
    (ulx, uy), (urx, _), (lrx, ly), (llx, _) = corners
    rows = max(2, round((ly - uy) / (5 + 16 * nearness)))
    green = mix(palette.land, palette.shadow, 0.3)
    for row in range(rows):
        t = (row + 0.5) / rows
        left, right, y = (ulx + (llx - ulx) * t, urx + (lrx - urx) * t, uy + (ly - uy) * t)
        gap = 6 + 20 * nearness
        for index in range(1, int((right - left) / gap)):
            x, tall = (left + index * gap + rng.uniform(-2, 2), (2 + 15 * nearness) * rng.uniform(0.6, 1.2))
            canvas.line([(x, y), (x + tall * 0.2, y - tall)], green, 0.7 + 1.3 * nearness)


def _farm(canvas: Canvas, palette: Palette, x: float, foot: float) -> None:
    """A long low house and a barn under a few trees."""
    rng = canvas.rng
    wall = mix(palette.paper, palette.haze, 0.35)
    roof = mix(palette.depth(0.6), palette.accent, 0.45)
    for dx, broad, tall in ((0, 96, 26), (112, 60, 34)):
        canvas.rectangle(x + dx, foot - tall, x + dx + broad, foot, wall)
        canvas.rectangle(
            x + dx + broad * 0.7, foot - tall, x + dx + broad, foot, mix(wall, palette.shadow, 0.25)
        )
        canvas.polygon(
            [
                (x + dx - 6, foot - tall),
                (x + dx + 12, foot - tall - 24),
                (x + dx + broad - 12, foot - tall - 24),
                (x + dx + broad + 6, foot - tall),
            ],
            roof,
        )
        canvas.rectangle(x + dx + 14, foot - tall + 9, x + dx + 22, foot - tall + 20, palette.depth(0.7))
    for _ in range(5):
        paint_bush(
            canvas,
            x + rng.uniform(-60, 230),
            foot + 6,
            rng.uniform(18, 36),
            palette.depth(rng.uniform(0.5, 0.65)),
        )


def _tree_row(canvas: Canvas, palette: Palette, foot: float, height: float, nearness: float) -> None:
    """Poplars along a bank, in groups, each with its shade on the ground."""
    rng = canvas.rng
    x = rng.uniform(0, 200)
    while x < canvas.width:
        for _ in range(rng.randint(2, 8)):
            tall = height * rng.uniform(0.75, 1.3)
            ripple(canvas, x - 4, foot + 2, tall * 0.8, 6, palette.depth(nearness))
            paint_poplar(canvas, x, foot, tall, palette.depth(nearness + 0.08))
            x += rng.uniform(17, 27)
        x += rng.uniform(120, 420)


def _near_bank(canvas: Canvas, palette: Palette) -> None:
    """The dyke we stand on: grass in silhouette, a tree or two, somebody looking at the water."""
    rng = canvas.rng
    edge = ridge(rng, canvas.width, 935, 16)
    tone = palette.depth(0.97)
    side = rng.choice((0.12, 0.88))
    for index in range(rng.randint(1, 3)):
        x = side * canvas.width + index * rng.uniform(-70, 70)
        paint_poplar(canvas, x, 950, rng.uniform(360, 560), tone)
    paint_figure(canvas, (1.0 - side + rng.uniform(-0.1, 0.1)) * canvas.width, 946, 112, tone)
    canvas.polygon(closed(edge, HEIGHT), tone)
    for x, y in edge:
        for _ in range(3):
            gx, tall = x + rng.uniform(-6, 6), rng.uniform(8, 32)
            canvas.line([(gx, y + 6), (gx + rng.uniform(-8, 8), y - tall)], tone, 1.5)
