"""The northern ice: an ice front over dark water, or the open ice cap."""

from demo.pictures.canvas import HEIGHT, Canvas, Point
from demo.pictures.nature import closed, crag, paint_disc, paint_figure, paint_sky, paint_water, ridge, ripple
from demo.pictures.palette import COLD, Colour, Palette, choose_palette, mix


def draw_ice(canvas: Canvas) -> None:
    """Ice under a low sun, by the sea or inland, with a small sign of people."""
    rng = canvas.rng
    palette = choose_palette(rng, COLD)
    horizon = rng.uniform(400, 460)
    sun = (rng.uniform(0.2, 0.8) * canvas.width, horizon - rng.uniform(50, 190))
    paint_sky(canvas, palette, horizon, sun)
    paint_disc(canvas, palette, sun, rng.uniform(22, 34))
    far = ridge(rng, canvas.width, horizon - 26, 30)
    canvas.polygon(closed(far, horizon + 30), mix(palette.haze, palette.paper, 0.45))
    paint_water(canvas, palette, horizon, sun[0])
    if rng.random() < 0.5:
        _cap(canvas, palette, horizon + rng.uniform(36, 60), sun[0])
    else:
        _sea_ice(canvas, palette, horizon)


def _sea_ice(canvas: Canvas, palette: Palette, horizon: float) -> None:
    """A glacier's front, bergs and floes, seen from the fast ice."""
    rng = canvas.rng
    _ice_front(canvas, palette, horizon + rng.uniform(25, 60))
    for _ in range(rng.randint(1, 2)):
        foot = (rng.uniform(0.15, 0.85) * canvas.width, horizon + rng.uniform(110, 190))
        _iceberg(canvas, palette, foot, rng.uniform(0.7, 1.25))
    _floes(canvas, palette, horizon + 120)
    edge = [(x, y - 20) for x, y in ridge(rng, canvas.width, 915, 18)]
    light, shade, _ = _ice_tones(palette)
    canvas.shade(closed(edge, HEIGHT), light, shade)
    canvas.hatch(closed(edge, HEIGHT), shade, gap=13, slope=0.05, weight=1.4)
    _camp(canvas, palette, edge)


def _cap(canvas: Canvas, palette: Palette, top: float, sun_x: float) -> None:
    """Broad swells of snow one before another, blue in the folds, combed by the wind."""
    rng = canvas.rng
    light, shade, cleft = _ice_tones(palette)
    side = rng.choice((-1, 1))
    swells = 5
    for index in range(swells):
        base = top + 40 + (HEIGHT - top) * 0.78 * (index / swells) ** 1.15
        tilt = side * (-1) ** index * rng.uniform(30, 90)
        edge = [
            (x, y + tilt * (x / canvas.width - 0.5))
            for x, y in ridge(rng, canvas.width, base, 26 + 7 * index, roughness=0.35)
        ]
        area = closed(edge, HEIGHT)
        canvas.shade(area, light, mix(light, mix(shade, cleft, 0.2), 0.85))
        lee = [(x, y + 5 + 26 * (1 + index * 0.35) * abs(x - sun_x) / canvas.width) for x, y in edge]
        canvas.hatch(
            [*edge, *reversed(lee)], mix(shade, cleft, 0.5), gap=6 + index, slope=0.16 * side, weight=1.2
        )
        _combed(canvas, (shade, light), base, 30 + 26 * index, 22 + 10 * index)
        if index == swells - 2:
            _camp(canvas, palette, edge)
    canvas.glow(sun_x, top, 420, palette.sun, 0.3)


def _combed(canvas: Canvas, tones: tuple[Colour, Colour], base: float, length: float, count: int) -> None:
    """Short strokes of drifted snow below the crest of a swell."""
    rng = canvas.rng
    for _ in range(count):
        x, y = rng.uniform(-60, canvas.width), base + rng.uniform(34, 190)
        ripple(
            canvas,
            x,
            y,
            length * rng.uniform(0.6, 2.2),
            length * 0.06,
            mix(*tones, rng.choice((0.15, 0.3, 1.0))),
        )


def _ice_tones(palette: Palette) -> tuple[Colour, Colour, Colour]:
    """Ice in light, ice in shade, and the blue of its clefts."""
    blue = mix(palette.water, (120, 170, 190), 0.55)
    return (
        mix(palette.paper, palette.sun, 0.3),
        mix(palette.paper, blue, 0.45),
        mix(blue, palette.shadow, 0.2),
    )


def _ice_front(canvas: Canvas, palette: Palette, foot: float) -> None:
    """A glacier's edge from one side: white above, a fluted blue wall below."""
    rng = canvas.rng
    light, shade, cleft = _ice_tones(palette)
    left = rng.random() < 0.5
    reach = canvas.width * rng.uniform(0.5, 0.72)

    def turned(points: list[Point]) -> list[Point]:
        return [(x if left else canvas.width - x, y) for x, y in points]

    crest = crag(rng, (-20, foot - 190), (reach, foot - 66), 26)
    snowfield = [(-20.0, foot - 290), (reach * 0.5, foot - 205), (reach, foot - 66)]
    canvas.polygon(turned([*snowfield, *reversed(crest)]), light)
    wall = turned([*crest, (reach + 8, foot), (-20, foot + 6)])
    canvas.shade(wall, shade, cleft)
    canvas.hatch(wall, mix(cleft, palette.shadow, 0.25), gap=9, slope=1.9, weight=1.1)
    for x, y in crest:
        if rng.random() < 0.42:
            drop = (foot - y) * rng.uniform(0.4, 1.0)
            canvas.polygon(
                turned([(x - 4, y), (x + 7, y), (x + rng.uniform(-8, 8), y + drop)]),
                mix(cleft, palette.shadow, 0.3),
            )
            canvas.polygon(
                turned([(x + 7, y), (x + 19, y + 2), (x + 10, y + drop * 0.7)]), mix(light, shade, 0.3)
            )
    for step in range(14):
        length = reach * rng.uniform(0.3, 1.0)
        start = rng.uniform(-20, reach - length)
        x = start if left else canvas.width - start - length
        ripple(
            canvas,
            x,
            foot + 4 + step * 6,
            length,
            7 - step * 0.35,
            mix(shade, palette.water, 0.3 + step * 0.045),
        )


def _iceberg(canvas: Canvas, palette: Palette, foot: Point, scale: float) -> None:
    """A berg of three facets with its pale reflection."""
    rng = canvas.rng
    light, shade, cleft = _ice_tones(palette)
    (x, y), s = foot, scale * 130
    peak = (x + rng.uniform(-0.3, 0.3) * s, y - s * rng.uniform(0.8, 1.15))
    for step in range(10):
        ripple(
            canvas,
            x - s * (1.1 - step * 0.07),
            y + 3 + step * s * 0.06,
            s * (2.2 - step * 0.14),
            6,
            mix(shade, palette.water, 0.25 + step * 0.06),
        )
    left = crag(rng, (x - s * 1.15, y), peak, s * 0.1)
    right = crag(rng, peak, (x + s * 1.1, y), s * 0.12)
    cut = [
        peak,
        (peak[0] + s * 0.16, y - s * 0.5),
        (peak[0] + s * 0.04, y - s * 0.22),
        (peak[0] + s * 0.2, y),
    ]
    canvas.polygon([*left, *cut[1:]], light)
    darker = [*reversed(cut), *right[1:]]
    canvas.shade(darker, shade, cleft)
    canvas.hatch(darker, mix(cleft, palette.shadow, 0.2), gap=7, slope=0.7, weight=1)


def _floes(canvas: Canvas, palette: Palette, top: float) -> None:
    """Flat plates of sea ice, larger towards us, each with a blue edge."""
    rng = canvas.rng
    light, _, cleft = _ice_tones(palette)
    depths = sorted(rng.random() for _ in range(46))
    for t in depths:
        y, half = top + (HEIGHT - top) * t**1.3, (14 + 120 * t) * rng.uniform(0.5, 1.2)
        x = rng.uniform(-0.05, 1.05) * canvas.width
        count = rng.randint(7, 10)
        upper = [(x - half, y)]
        upper += [
            (x - half + 2 * half * index / count, y - half * 0.16 * rng.uniform(0.6, 1.2))
            for index in range(1, count)
        ]
        lower = [
            (x + half - 2 * half * index / count, y + half * 0.17 * rng.uniform(0.5, 1.2))
            for index in range(count)
        ]
        edge = [*upper, *lower]
        canvas.polygon([(px, py + 3 + 9 * t) for px, py in edge], cleft)
        canvas.polygon(edge, mix(light, palette.haze, rng.uniform(0.0, 0.25)))


def _camp(canvas: Canvas, palette: Palette, edge: list[Point]) -> None:
    """What people have brought: a tent, a line of flags, a drilling mast, themselves."""
    rng = canvas.rng
    tone = palette.depth(0.95)

    def ground(x: float) -> float:
        return min(edge, key=lambda point: abs(point[0] - x))[1] + 24

    x = rng.uniform(0.22, 0.78) * canvas.width
    foot = ground(x)
    canvas.polygon([(x - 70, foot), (x - 18, foot - 66), (x + 34, foot - 66), (x + 78, foot)], palette.accent)
    canvas.polygon(
        [(x - 70, foot), (x - 18, foot - 66), (x - 6, foot)], mix(palette.accent, palette.shadow, 0.45)
    )
    mast = x + 156
    canvas.line([(mast - 26, foot + 6), (mast, foot - 150), (mast + 26, foot + 6)], tone, 3.4)
    canvas.line([(mast, foot - 150), (mast, foot + 2)], tone, 1.4)
    canvas.line([(mast - 13, foot - 70), (mast + 13, foot - 70)], tone, 2.4)
    for person in range(rng.randint(1, 3)):
        paint_figure(canvas, mast + 44 + person * rng.uniform(24, 40), ground(mast + 60) + 4, 54, tone)
    for index in range(5):
        flag = x - 150 - index * rng.uniform(60, 80)
        base = ground(flag)
        canvas.line([(flag, base + 4), (flag, base - 40)], tone, 1.8)
        canvas.polygon([(flag, base - 40), (flag + 16, base - 35), (flag, base - 29)], palette.accent)
