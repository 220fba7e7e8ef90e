"""Islands on an open sea."""

import itertools
from random import Random

from demo.pictures.boats import paint_steamer
from demo.pictures.canvas import Canvas, Point
from demo.pictures.nature import closed, crag, paint_birds, paint_disc, paint_sky, paint_water, ripple
from demo.pictures.palette import DAYLIGHT, LATE, Palette, choose_palette, mix


def draw_island(canvas: Canvas) -> None:
    """Islands one beyond another on an open sea, one with a lighthouse, a ferry between them."""
    rng = canvas.rng
    palette = choose_palette(rng, (*DAYLIGHT, *LATE))
    horizon = rng.uniform(500, 560)
    sun = (rng.uniform(0.2, 0.8) * canvas.width, horizon - rng.uniform(90, 300))
    paint_sky(canvas, palette, horizon, sun)
    paint_disc(canvas, palette, sun, rng.uniform(26, 48))
    for nearness in (0.12, 0.24):
        _hump(
            canvas,
            palette,
            rng.uniform(0.05, 0.95) * canvas.width,
            horizon + 2,
            (rng.uniform(240, 420), rng.uniform(40, 95)),
            nearness,
        )
    paint_water(canvas, palette, horizon, sun[0])
    for nearness in (0.34, 0.5):
        x = rng.uniform(0.1, 0.9) * canvas.width
        _island(
            canvas,
            palette,
            (x, horizon + 90 * nearness),
            (rng.uniform(130, 230), rng.uniform(60, 120)),
            nearness,
        )
    main = rng.uniform(0.28, 0.72) * canvas.width
    _island(canvas, palette, (main, horizon + 150), (rng.uniform(330, 420), rng.uniform(170, 240)), 0.78)
    _lighthouse(canvas, palette, main + rng.choice((-1, 1)) * rng.uniform(230, 290), horizon + 120)
    paint_steamer(
        canvas,
        palette,
        ((main + canvas.width * 0.5) % canvas.width, horizon + rng.uniform(210, 270)),
        rng.uniform(0.5, 0.7),
    )
    paint_birds(canvas, palette, (main - 300, horizon - 260, main + 300, horizon - 120))
    _shore(canvas, palette)


def _hump(
    canvas: Canvas, palette: Palette, x: float, foot: float, size: tuple[float, float], nearness: float
) -> None:
    """A far island: one flat tone, gone misty at the foot."""
    edge = _outline(canvas.rng, x, foot, size)
    canvas.shade(edge, palette.depth(nearness + 0.12), palette.depth(nearness - 0.05))


def _outline(rng: Random, x: float, foot: float, size: tuple[float, float]) -> list[Point]:
    half, tall = size
    summit = (x + rng.uniform(-0.35, 0.35) * half, foot - tall)
    shoulder = (x + rng.choice((-0.62, 0.62)) * half, foot - tall * rng.uniform(0.4, 0.6))
    stations = sorted([(x - half, foot), shoulder, summit, (x + half, foot)])
    edge: list[Point] = [stations[0]]
    for start, end in itertools.pairwise(stations):
        edge += [(px, min(foot, py)) for px, py in crag(rng, start, end, tall * 0.11)[1:]]
    return edge


def _island(
    canvas: Canvas, palette: Palette, foot: Point, size: tuple[float, float], nearness: float
) -> None:
    """A nearer island: pasture above, hatched cliff below, a dark reflection."""
    rng = canvas.rng
    (x, y), (half, tall) = foot, size
    edge = _outline(rng, x, y, size)
    rock = palette.depth(nearness)
    canvas.shade(edge, mix(palette.ground(nearness), palette.sun, 0.18), rock)
    cliff = [(px, y - (y - py) * rng.uniform(0.28, 0.5)) for px, py in edge]
    cliff[0], cliff[-1] = edge[0], edge[-1]
    canvas.polygon(cliff, rock)
    canvas.hatch(edge, mix(rock, palette.shadow, 0.5), gap=8, slope=0.45, weight=1.1)
    canvas.polygon([(px, py) for px, py in cliff if px > x], mix(rock, palette.shadow, 0.35))
    for step in range(14):
        depth = step / 14
        length = 2 * half * (1 - depth * 0.6) * rng.uniform(0.7, 1.0)
        ripple(
            canvas,
            x - length / 2 + rng.uniform(-30, 30),
            y + 2 + depth * tall * 0.7,
            length,
            9 * (1 - depth) + 2,
            mix(rock, palette.water, 0.25 + depth * 0.5),
        )
    ripple(canvas, x - half * 1.06, y + 1, half * 2.12, 5, mix(palette.paper, palette.water, 0.3))


def _lighthouse(canvas: Canvas, palette: Palette, x: float, foot: float) -> None:
    """A white tower on a rock, with two houses' worth of outbuilding and its lamp lit."""
    rng = canvas.rng
    rock = [(x - 105, foot + 36), *crag(rng, (x - 80, foot + 4), (x + 80, foot + 2), 9), (x + 112, foot + 36)]
    canvas.polygon(rock, palette.depth(0.9))
    white = mix(palette.paper, palette.haze, 0.18)
    canvas.polygon(
        [(x - 17, foot + 6), (x - 11, foot - 130), (x + 11, foot - 130), (x + 17, foot + 6)], white
    )
    canvas.polygon(
        [(x + 3, foot + 6), (x + 3, foot - 130), (x + 11, foot - 130), (x + 17, foot + 6)],
        mix(white, palette.shadow, 0.35),
    )
    canvas.polygon(
        [(x - 15, foot - 40), (x - 13, foot - 82), (x + 13, foot - 82), (x + 15, foot - 40)], palette.accent
    )
    canvas.rectangle(x - 15, foot - 136, x + 15, foot - 129, palette.depth(0.95))
    canvas.glow(x, foot - 148, 120, palette.sun, 0.7)
    canvas.rectangle(x - 8, foot - 158, x + 8, foot - 136, palette.sun)
    canvas.polygon([(x - 12, foot - 158), (x, foot - 174), (x + 12, foot - 158)], palette.depth(0.95))
    canvas.rectangle(x + 26, foot - 28, x + 66, foot + 6, mix(white, palette.haze, 0.3))
    canvas.polygon([(x + 22, foot - 28), (x + 46, foot - 48), (x + 70, foot - 28)], palette.depth(0.85))


def _shore(canvas: Canvas, palette: Palette) -> None:
    """The headland we stand on, low in one corner, with grass."""
    rng = canvas.rng
    left = rng.random() < 0.5
    edge = crag(rng, (-20, rng.uniform(830, 870)), (canvas.width * rng.uniform(0.5, 0.75), 1010), 22)
    shape = [(x if left else canvas.width - x, y) for x, y in closed(edge, 1020)]
    canvas.polygon(shape, palette.depth(0.98))
    canvas.hatch(shape, palette.depth(0.74), gap=10, slope=0.3 if left else -0.3, weight=1.1)
    for x, y in shape[:-2]:
        for _ in range(3):
            gx, tall = x + rng.uniform(-14, 14), rng.uniform(10, 34)
            canvas.line([(gx, y + 8), (gx + rng.uniform(-9, 9), y - tall)], palette.depth(0.98), 1.6)
