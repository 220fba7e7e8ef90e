"""A river crossed by a bridge: stone, cable or steel."""

import math

from demo.pictures.canvas import Canvas, Point
from demo.pictures.nature import (
    closed,
    crag,
    paint_bush,
    paint_conifer,
    paint_disc,
    paint_sky,
    paint_water,
    ridge,
    ripple,
)
from demo.pictures.palette import DAYLIGHT, LATE, Colour, Palette, choose_palette, mix


def draw_bridge(canvas: Canvas) -> None:
    """A river crossed by a viaduct, a suspension bridge or a steel arch, with a train or without."""
    rng = canvas.rng
    palette = choose_palette(rng, (*DAYLIGHT, *LATE))
    sun = (rng.uniform(0.2, 0.8) * canvas.width, rng.uniform(130, 330))
    paint_sky(canvas, palette, 600, sun)
    paint_disc(canvas, palette, sun, rng.uniform(26, 42))
    for index, base in enumerate((430, 500, 560)):
        canvas.polygon(
            closed(ridge(rng, canvas.width, base, 90 - 24 * index), 700), palette.depth(0.12 + 0.14 * index)
        )
        canvas.mist(base, base + 130, palette.haze, 0.5)
    paint_water(canvas, palette, 690, sun[0])
    deck = rng.uniform(420, 470)
    build = rng.choice((_viaduct, _suspension, _steel_arch))
    build(canvas, palette, deck)
    if rng.random() < 0.65:
        _train(canvas, palette, deck)
    _banks(canvas, palette)


def _deck(canvas: Canvas, palette: Palette, y: float, tone: Colour) -> None:
    canvas.rectangle(0, y, canvas.width, y + 20, tone)
    canvas.rectangle(0, y, canvas.width, y + 5, mix(tone, palette.paper, 0.45))
    canvas.line([(0, y - 13), (canvas.width, y - 13)], tone, 1.8)
    for index in range(int(canvas.width / 20) + 1):
        canvas.line([(index * 20, y - 13), (index * 20, y)], tone, 1.2)


def _viaduct(canvas: Canvas, palette: Palette, deck: float) -> None:
    """Round stone arches on tall piers."""
    rng = canvas.rng
    stone = mix(palette.depth(0.5), palette.paper, 0.3)
    shade = mix(stone, palette.shadow, 0.45)
    span, foot = rng.uniform(165, 240), 716.0
    pier = span * 0.2
    x = -span * rng.random()
    while x < canvas.width + span:
        canvas.rectangle(x, deck + 10, x + pier, foot, stone)
        canvas.rectangle(x + pier * 0.58, deck + 10, x + pier, foot, shade)
        radius = (span - pier) / 2
        middle = x + pier + radius
        steps = [math.pi * index / 24 for index in range(25)]
        curve = [(middle + math.cos(a) * radius, deck + 34 + radius - math.sin(a) * radius) for a in steps]
        spandrel = [(x + pier + 2 * radius, deck), *curve, (x + pier, deck)]
        canvas.polygon(spandrel, stone)
        canvas.hatch(spandrel, mix(stone, shade, 0.55), gap=9, slope=0, weight=1.1)
        canvas.line(curve, shade, 6)
        for course in range(12):
            y = deck + 60 + course * (foot - deck - 60) / 12
            canvas.line([(x, y), (x + pier, y)], shade, 1.2)
        _pier_reflection(canvas, palette, x, pier, foot, stone)
        canvas.rectangle(x - 7, foot - 14, x + pier + 7, foot + 3, shade)
        x += span
    _deck(canvas, palette, deck, mix(stone, palette.shadow, 0.6))


def _pier_reflection(
    canvas: Canvas, palette: Palette, x: float, broad: float, foot: float, tone: Colour
) -> None:
    for step in range(22):
        wobble = canvas.rng.uniform(-9, 9)
        faded = mix(mix(tone, palette.shadow, 0.3), palette.water, 0.25 + step * 0.028)
        ripple(canvas, x - broad * 0.4 + wobble, foot + 5 + step * 8.5, broad * 1.8, 8, faded)


def _suspension(canvas: Canvas, palette: Palette, deck: float) -> None:
    """Two towers, a cable between them, hangers to the deck."""
    rng = canvas.rng
    steel = palette.depth(0.85)
    left = rng.uniform(0.16, 0.26) * canvas.width
    right = canvas.width - rng.uniform(0.16, 0.26) * canvas.width
    top = deck - rng.uniform(230, 280)
    for x in (left, right):
        _pier_reflection(canvas, palette, x - 26, 52, 718, steel)
        canvas.polygon([(x - 24, top), (x - 12, top), (x - 18, 730), (x - 36, 730)], steel)
        canvas.polygon(
            [(x + 12, top), (x + 24, top), (x + 36, 730), (x + 18, 730)], mix(steel, palette.paper, 0.22)
        )
        for y in (top + 10, top + 90, deck + 44, deck + 150):
            canvas.rectangle(x - 26, y, x + 26, y + 12, steel)
        canvas.rectangle(x - 58, 708, x + 58, 734, mix(steel, palette.haze, 0.3))
    sag = deck - 30 - top

    def cable(x: float) -> float:
        if x < left:
            return top + (left - x) / left * (deck - top)
        if x > right:
            return top + (x - right) / (canvas.width - right) * (deck - top)
        return top + sag * (1 - (2 * (x - left) / (right - left) - 1) ** 2)

    for index in range(int(canvas.width / 24) + 1):
        x = index * 24.0
        canvas.line([(x, cable(x)), (x, deck)], steel, 1.1)
    canvas.line([(x, cable(x)) for x in range(0, int(canvas.width) + 8, 8)], steel, 6)
    _deck(canvas, palette, deck, steel)
    canvas.line([(0, deck + 40), (canvas.width, deck + 40)], steel, 3)
    for index in range(int(canvas.width / 40) + 1):
        x = index * 40.0
        canvas.line([(x, deck + 20), (x + 20, deck + 40), (x + 40, deck + 20)], steel, 2)


def _steel_arch(canvas: Canvas, palette: Palette, deck: float) -> None:
    """A trussed arch between stone abutments, the deck hung through it."""
    rng = canvas.rng
    steel = mix(palette.depth(0.8), palette.accent, rng.choice((0.0, 0.35)))
    left, right = 0.13 * canvas.width, 0.87 * canvas.width
    rise = rng.uniform(240, 290)
    count = 30

    def rib(index: int, height: float, drop: float) -> Point:
        t = index / count
        return left + (right - left) * t, 640 + drop - (height + 640 - deck - 20) * 4 * t * (1 - t) * 0.94

    outer = [rib(index, rise, 0) for index in range(count + 1)]
    inner = [rib(index, rise - 62, 30) for index in range(count + 1)]
    for index in range(count):
        pair = ([outer[index], inner[index + 1]], [inner[index], outer[index + 1]])
        canvas.line(pair[index % 2], steel, 2.2)
        canvas.line([outer[index], inner[index]], steel, 2.2)
    for x, y in inner[1:-1]:
        canvas.line([(x, y), (x, deck + 10)], steel, 2.0)
    canvas.line(outer, steel, 7)
    canvas.line(inner, steel, 7)
    stone = mix(palette.depth(0.55), palette.paper, 0.25)
    for x, way in ((left, -1), (right, 1)):
        block = [
            (x + 26 * -way, 630),
            (x + 26 * -way, 735),
            (x + 330 * way, 735),
            (x + 330 * way, deck),
            (x + 26 * way, deck),
        ]
        canvas.polygon(block, stone)
        canvas.hatch(block, mix(stone, palette.shadow, 0.4), gap=13, slope=0, weight=1.4)
        _pier_reflection(canvas, palette, x - 40, 90, 730, stone)
    _deck(canvas, palette, deck, steel)


def _train(canvas: Canvas, palette: Palette, deck: float) -> None:
    """A short train in silhouette, with lit windows."""
    rng = canvas.rng
    x, cars = rng.uniform(0.08, 0.5) * canvas.width, rng.randint(3, 5)
    for index in range(cars):
        left = x + index * 132
        body = palette.accent if index == cars - 1 else mix(palette.depth(0.95), palette.accent, 0.12)
        canvas.rectangle(left, deck - 44, left + 126, deck - 8, body)
        canvas.rectangle(left + 2, deck - 48, left + 124, deck - 43, palette.depth(1))
        for window in range(7):
            wx = left + 9 + window * 16.5
            canvas.rectangle(wx, deck - 36, wx + 10, deck - 24, mix(palette.sun, palette.paper, 0.3))
        for wheel in (20, 42, 84, 106):
            canvas.ellipse(left + wheel, deck - 5, 6, 6, palette.depth(1))


def _banks(canvas: Canvas, palette: Palette) -> None:
    """The wooded shore nearest to us, open in the middle."""
    rng = canvas.rng
    for side in (-1, 1):
        reach = rng.uniform(0.28, 0.46) * canvas.width
        edge = crag(rng, (-20, rng.uniform(740, 800)), (reach, 1010), 20)
        shape = [(x if side < 0 else canvas.width - x, y) for x, y in closed(edge, 1020)]
        tone = palette.depth(0.96)
        canvas.polygon(shape, tone)
        for x, y in shape[:-2]:
            if rng.random() < 0.5:
                paint_conifer(canvas, x, y + 24, rng.uniform(60, 190) * (1.2 - y / 1300), tone)
            else:
                paint_bush(canvas, x, y + 14, rng.uniform(14, 34), tone)
