"""Mountain ranges with snow on the heights and conifers in front."""

import itertools

from demo.pictures.canvas import HEIGHT, Canvas, Point
from demo.pictures.nature import closed, crag, paint_conifer, paint_disc, paint_sky, ridge
from demo.pictures.palette import DAYLIGHT, Colour, Palette, choose_palette, mix


def draw_mountains(canvas: Canvas) -> None:
    """Ranges one behind another, mist in the valleys, conifers in front."""
    rng = canvas.rng
    palette = choose_palette(rng, DAYLIGHT)
    sun = (rng.uniform(0.15, 0.85) * canvas.width, rng.uniform(130, 300))
    paint_sky(canvas, palette, 640, sun)
    if rng.random() < 0.7:
        paint_disc(canvas, palette, sun, rng.uniform(26, 44))
    far = ridge(rng, canvas.width, 480, 70, roughness=0.6)
    canvas.polygon(closed(far, HEIGHT), palette.depth(0.12))
    canvas.mist(430, 640, mix(palette.haze, palette.horizon, 0.5), 0.6)
    _massif(canvas, palette, 660, rng.uniform(370, 450), 0.36, sun[0])
    canvas.mist(540, 770, mix(palette.haze, palette.horizon, 0.5), 0.8)
    for index, base in enumerate((695, 765)):
        edge = ridge(rng, canvas.width, base, 56, roughness=0.58)
        canvas.polygon(closed(edge, HEIGHT), palette.depth(0.4 + 0.2 * index))
        canvas.hatch(closed(edge, HEIGHT), palette.depth(0.5 + 0.2 * index), gap=9, slope=0.22, weight=1)
        canvas.mist(base - 10, base + 130, mix(palette.haze, palette.horizon, 0.3), 0.6)
    _forest(canvas, palette, rng.uniform(850, 890), 90)


def _massif(
    canvas: Canvas, palette: Palette, base: float, rise: float, nearness: float, sun_x: float
) -> None:
    """One broken ridge with a chief summit, its sides lit or hatched, and snow on the heights."""
    rng = canvas.rng
    count = rng.randint(3, 5)
    places = [(index + rng.uniform(0.2, 0.8)) / count for index in range(-1, count + 1)]
    chief = rng.choice(places[2:-2])
    summits = [
        (place * canvas.width, base - rise * (1.0 if place == chief else rng.uniform(0.5, 0.86)))
        for place in places
    ]
    stations = [(-200.0, base - rise * 0.2), summits[0]]
    for before, after in itertools.pairwise(summits):
        saddle = (
            (before[0] + after[0]) / 2 + rng.uniform(-30, 30),
            max(before[1], after[1]) + rise * rng.uniform(0.1, 0.22),
        )
        stations += [saddle, after]
    stations.append((canvas.width + 200, base - rise * 0.2))
    sides = [crag(rng, start, end, rise * 0.055) for start, end in itertools.pairwise(stations)]
    tone = palette.depth(0.1 + nearness)
    canvas.polygon(closed([point for side in sides for point in side], HEIGHT), mix(tone, palette.sun, 0.24))
    for index, summit in enumerate(summits):
        is_east = summit[0] >= sun_x
        side = sides[2 * index + 1] if is_east else sides[2 * index][::-1]
        _shaded_side(canvas, palette, side, base + 110, tone)
        _gullies(canvas, tone, sides[2 * index][::-1] if is_east else sides[2 * index + 1], rise)
    line = base - rise * rng.uniform(0.3, 0.46)
    for index, side in enumerate(sides):
        summit = summits[min(index // 2, len(summits) - 1)]
        is_lit = (index % 2 == 0) == (summit[0] >= sun_x)
        _snow(canvas, palette, side, line, is_lit=is_lit)


def _shaded_side(canvas: Canvas, palette: Palette, side: list[Point], base: float, tone: Colour) -> None:
    """The face turned from the sun: from the summit along the ridge, back up a crooked spur."""
    rng = canvas.rng
    summit, end = side[0], side[-1]
    lean = (end[0] - summit[0]) * rng.uniform(-0.25, 0.3)
    spur = [summit]
    for step in range(1, 9):
        t = step / 8
        crook = (end[0] - summit[0]) * rng.uniform(-0.13, 0.13)
        spur.append((summit[0] + lean * t + crook, summit[1] + (base - summit[1]) * t))
    face = [*side, (spur[-1][0] + (end[0] - summit[0]) * 0.2, base), *reversed(spur)]
    canvas.polygon(face, mix(tone, palette.shadow, 0.12))
    slope = 0.9 if end[0] > summit[0] else -0.9
    canvas.hatch(face, mix(tone, palette.shadow, 0.36), gap=8, slope=slope, weight=1.3)


def _gullies(canvas: Canvas, tone: Colour, side: list[Point], rise: float) -> None:
    """A few dark wedges that furrow the sunny face."""
    rng = canvas.rng
    for x, y in rng.sample(side, min(5, len(side))):
        run, fall = ((side[-1][0] - side[0][0]) * rng.uniform(0.08, 0.2), rise * rng.uniform(0.2, 0.5))
        canvas.polygon([(x, y), (x + run, y + fall), (x + run * 0.4, y + fall * 0.8)], tone)


def _snow(canvas: Canvas, palette: Palette, side: list[Point], line: float, *, is_lit: bool) -> None:
    """Snow along one side of a ridge, deeper the higher it lies, torn along its lower edge."""
    rng = canvas.rng
    high = [point for point in side if point[1] < line]
    if len(high) < 3:
        return
    torn = [
        (x + rng.uniform(-5, 5), y + (line - y) * rng.choice((0.12, 0.35, 0.62)) * rng.uniform(0.7, 1.1))
        for x, y in high[1:-1]
    ]
    bright = mix(palette.paper, palette.sun, 0.25)
    canvas.polygon([*high, *reversed(torn)], bright if is_lit else mix(palette.paper, palette.haze, 0.72))


def _forest(canvas: Canvas, palette: Palette, top: float, height: float) -> None:
    """A dark slope with a broken line of conifers, larger towards one side."""
    rng = canvas.rng
    lean = rng.choice((-1, 1))
    edge = [(x, y + lean * (x / canvas.width - 0.5) * 90) for x, y in ridge(rng, canvas.width, top, 26)]
    for row, nearness in ((0, 0.72), (1, 0.97)):
        tone = palette.depth(nearness)
        lowered = [(x, y + row * 62) for x, y in edge]
        canvas.polygon(closed(lowered, HEIGHT), tone)
        for x, y in lowered:
            if rng.random() < 0.42:
                size = height * rng.uniform(0.4, 1.0) * (1 + 0.5 * row)
                paint_conifer(canvas, x + rng.uniform(-6, 6), y + 12, size, tone)
