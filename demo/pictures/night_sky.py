"""Stars over an observatory."""

import math

from demo.pictures.canvas import HEIGHT, Canvas, Point
from demo.pictures.nature import closed, paint_conifer, ridge
from demo.pictures.palette import NIGHT, Palette, choose_palette, mix


def draw_night_sky(canvas: Canvas) -> None:
    """Stars over an observatory: either the Milky Way, or the trails of a long exposure."""
    rng = canvas.rng
    palette = choose_palette(rng, (NIGHT,))
    canvas.wash(0, 820, mix(palette.sky, palette.shadow, rng.uniform(0, 0.5)), palette.horizon)
    canvas.glow(rng.uniform(0, canvas.width), 800, 520, palette.accent, 0.22)
    if rng.random() < 0.5:
        _star_trails(canvas, palette)
    else:
        _milky_way(canvas, palette)
        _stars(canvas, palette, 900)
    for index, base in enumerate((700, 760)):
        edge = ridge(rng, canvas.width, base, 46 - 14 * index)
        canvas.polygon(closed(edge, HEIGHT), palette.depth(0.25 + 0.25 * index))
        canvas.mist(base, base + 120, palette.horizon, 0.25)
    _plateau(canvas, palette)


def _stars(canvas: Canvas, palette: Palette, count: int) -> None:
    rng = canvas.rng
    for _ in range(count):
        x, y = rng.uniform(0, canvas.width), rng.uniform(0, 1) ** 1.2 * 740
        brightness = rng.random() ** 5
        tone = mix(palette.horizon, palette.sun, 0.35 + 0.65 * brightness)
        size = 0.7 + 1.9 * brightness
        canvas.ellipse(x, y, size, size, tone)
        if brightness > 0.93:
            canvas.glow(x, y, 16, palette.sun, 0.5)


def _milky_way(canvas: Canvas, palette: Palette) -> None:
    """A slanting band of soft light, split by a dark lane and thick with faint stars."""
    rng = canvas.rng
    foot, top = (rng.uniform(0.15, 0.85) * canvas.width, rng.uniform(0.15, 0.85) * canvas.width)
    for _ in range(170):
        t = rng.random()
        x, y = top + (foot - top) * t + rng.gauss(0, 55), 760 * t + rng.gauss(0, 30)
        canvas.glow(x, y, rng.uniform(50, 150), mix(palette.horizon, palette.sun, 0.35), 0.1)
    for _ in range(70):
        t = rng.random()
        x, y = top + (foot - top) * t + rng.gauss(12, 18), 760 * t
        canvas.glow(x, y, rng.uniform(22, 60), mix(palette.sky, palette.shadow, 0.4), 0.22)
    for _ in range(1100):
        t = rng.random()
        x, y = top + (foot - top) * t + rng.gauss(0, 85), 770 * t + rng.gauss(0, 25)
        size = rng.uniform(0.5, 1.1)
        canvas.ellipse(x, y, size, size, mix(palette.horizon, palette.sun, rng.uniform(0.4, 0.9)))


def _star_trails(canvas: Canvas, palette: Palette) -> None:
    """Arcs around the celestial pole, all of the same angle, as on a plate exposed for hours."""
    rng = canvas.rng
    x, y, turn = (rng.uniform(0.25, 0.75) * canvas.width, rng.uniform(200, 430), rng.uniform(16, 30))
    for _ in range(760):
        radius = 12 + rng.random() ** 0.7 * 1500
        start = rng.uniform(0, 360)
        tone = mix(palette.horizon, palette.sun, 0.08 + rng.random() ** 2.6 * 0.9)
        canvas.arc(x, y, radius, (start, start + turn), tone, rng.uniform(0.6, 1.5))
    canvas.glow(x, y, 30, palette.sun, 0.6)
    canvas.ellipse(x, y, 1.8, 1.8, palette.sun)


def _plateau(canvas: Canvas, palette: Palette) -> None:
    """The nearest ground with one to three domes, the largest open and lit within."""
    rng = canvas.rng
    edge = ridge(rng, canvas.width, 850, 20)
    ground = palette.depth(0.96)
    centre = rng.uniform(0.25, 0.75) * canvas.width
    for index in range(rng.randint(1, 3)):
        side = (-1) ** index
        x = centre + side * index * rng.uniform(190, 260)
        foot = min(edge, key=lambda point: abs(point[0] - x))[1] + 14
        _dome(canvas, palette, (x, foot), 92 - 26 * index, open_slit=index == 0)
    canvas.polygon(closed(edge, HEIGHT), ground)
    canvas.hatch(closed(edge, HEIGHT), palette.depth(0.72), gap=11, slope=0.04, weight=1.1)
    for _ in range(rng.randint(5, 14)):
        x = rng.uniform(0, canvas.width)
        paint_conifer(canvas, x, 900 + rng.uniform(20, 90), rng.uniform(50, 130), palette.depth(1))


def _dome(canvas: Canvas, palette: Palette, foot: Point, radius: float, *, open_slit: bool) -> None:
    x, y = foot
    wall = radius * 0.75
    shell, shade = (mix(palette.haze, palette.paper, 0.32), mix(palette.haze, palette.shadow, 0.25))
    canvas.rectangle(x - radius, y - wall, x + radius, y, shade)
    top = y - wall
    arc = [
        (x + math.cos(a / 24 * math.pi) * radius * 1.04, top - math.sin(a / 24 * math.pi) * radius)
        for a in range(25)
    ]
    canvas.polygon(arc, shell)
    dark = [
        (
            x + math.cos(a / 24 * math.pi) * radius * (0.3 if a > 12 else 1.04),
            top - math.sin(a / 24 * math.pi) * radius,
        )
        for a in range(25)
    ]
    canvas.polygon(dark, mix(shell, palette.shadow, 0.45))
    canvas.rectangle(x - radius * 1.08, top - 3, x + radius * 1.08, top + 6, palette.depth(0.6))
    if open_slit:
        slit = [
            (x - radius * 0.16, top),
            (x - radius * 0.2, top - radius * 0.95),
            (x + radius * 0.06, top - radius * 1.02),
            (x + radius * 0.1, top),
        ]
        canvas.glow(x, top - radius * 0.6, radius * 1.7, palette.accent, 0.4)
        canvas.shade(slit, mix(palette.accent, palette.shadow, 0.45), palette.accent)
    canvas.rectangle(
        x - radius * 0.7, y - wall * 0.55, x - radius * 0.52, y, palette.accent if open_slit else shade
    )
