"""What several scenes share: skies, clouds, ridges, water, trees, buildings far off."""

import itertools
import math
from random import Random

from demo.pictures.canvas import HEIGHT, Canvas, Point
from demo.pictures.palette import Colour, Palette, mix


def profile(rng: Random, width: float, *, step: float, roughness: float) -> list[Point]:
    """A wandering line from side to side with heights from -1 to 1, summed from waves of four lengths."""
    waves = [
        (rng.uniform(0.6, 1.5) * 2.1**octave, rng.uniform(0, math.tau), roughness**octave)
        for octave in range(5)
    ]
    total = sum(strength for _, _, strength in waves)

    def height(x: float) -> float:
        return sum(math.sin(x / width * math.tau * f + p) * s for f, p, s in waves) / total

    count = math.ceil(width / step) + 1
    return [(index * step, height(index * step)) for index in range(count + 1)]


def ridge(rng: Random, width: float, base: float, rise: float, *, roughness: float = 0.5) -> list[Point]:
    """The upper edge of a soft hill range around `base`, going up and down by `rise`."""
    return [(x, base - level * rise) for x, level in profile(rng, width, step=8, roughness=roughness)]


def crag(rng: Random, left: Point, right: Point, jag: float) -> list[Point]:
    """A broken line between two points, bent at random by halves: rock, ice, a torn edge."""
    points = [left, right]
    while jag > 2.5:
        bent = [points[0]]
        for start, end in itertools.pairwise(points):
            middle = ((start[0] + end[0]) / 2, (start[1] + end[1]) / 2 + rng.uniform(-jag, jag))
            bent += [middle, end]
        points, jag = bent, jag * 0.52
    return points


def closed(edge: list[Point], bottom: float) -> list[Point]:
    """The area under an edge, down to `bottom`."""
    return [*edge, (edge[-1][0], bottom), (edge[0][0], bottom)]


def paint_sky(canvas: Canvas, palette: Palette, horizon: float, sun: Point) -> None:
    """The sky down to the horizon, with light around the sun and a few flat clouds."""
    canvas.wash(0, horizon + 40, palette.sky, palette.horizon)
    canvas.glow(sun[0], sun[1], 620, palette.sun, 0.55)
    paint_clouds(canvas, palette, horizon, sun)


def paint_disc(canvas: Canvas, palette: Palette, sun: Point, radius: float) -> None:
    """The sun or the moon itself."""
    canvas.glow(sun[0], sun[1], radius * 4, palette.sun, 0.8)
    canvas.ellipse(sun[0], sun[1], radius, radius, mix(palette.sun, palette.paper, 0.4))


def paint_clouds(canvas: Canvas, palette: Palette, horizon: float, sun: Point) -> None:
    """Long flat clouds, thinner and closer together towards the horizon."""
    rng = canvas.rng
    for _ in range(rng.randint(4, 8)):
        height = rng.uniform(0.12, 0.86)
        y, size = horizon * height, 1.15 - height
        length, thickness = (rng.uniform(380, 900) * size + 120, rng.uniform(16, 40) * size + 5)
        x = rng.uniform(-0.15, 0.95) * canvas.width
        lit = max(0.0, 1 - abs(x + length / 2 - sun[0]) / canvas.width)
        tone = mix(palette.horizon, palette.sun, lit * 0.7)
        canvas.veil(_cloud(rng, x, y, length, thickness), tone, 0.34)
        canvas.veil(
            _cloud(rng, x + length * 0.12, y + thickness * 0.3, length * 0.7, thickness * 0.6), tone, 0.4
        )


def _cloud(rng: Random, x: float, y: float, length: float, thickness: float) -> list[Point]:
    phases = [rng.uniform(0, math.tau) for _ in range(3)]
    top: list[Point] = []
    for index in range(41):
        t = index / 40
        swell = math.sin(math.pi * t) ** 0.7
        ripple = sum(math.sin(t * (9 + 8 * n) + phase) / (n + 2) for n, phase in enumerate(phases))
        top.append((x + length * t, y - thickness * swell * (0.75 + 0.35 * ripple)))
    under = [
        (x + length * t / 10, y + thickness * 0.16 * math.sin(math.pi * t / 10)) for t in range(10, -1, -1)
    ]
    return top + under


def paint_water(
    canvas: Canvas, palette: Palette, top: float, sun_x: float, *, bottom: float = HEIGHT
) -> None:
    """Water from `top` to `bottom`: darker towards us, ruled with ripples, glittering under the sun."""
    rng = canvas.rng
    near = mix(palette.water, palette.shadow, 0.35)
    canvas.wash(top, bottom, mix(palette.horizon, palette.water, 0.35), near)
    for _ in range(420):
        t = rng.random() ** 1.5
        y = top + 4 + (bottom - top) * t
        length = (14 + 190 * t) * rng.uniform(0.4, 1.3)
        x = rng.uniform(-60, canvas.width)
        tone = near if rng.random() < 0.5 else mix(palette.horizon, palette.water, 0.25 + 0.4 * t)
        ripple(canvas, x, y, length, 0.8 + 3.4 * t, tone)
    for _ in range(210):
        t = rng.random() ** 1.3
        y = top + 3 + (bottom - top) * t
        x = rng.gauss(sun_x, 26 + 120 * t)
        ripple(canvas, x - 20, y, (16 + 80 * t) * rng.uniform(0.4, 1.2), 0.8 + 2.6 * t, palette.sun)


def ripple(canvas: Canvas, x: float, y: float, length: float, thickness: float, colour: Colour) -> None:
    """One stroke of an engraver's water: a long thin lens."""
    middle = x + length / 2
    canvas.polygon(
        [(x, y), (middle, y - thickness / 2), (x + length, y), (middle, y + thickness / 2)], colour
    )


def paint_conifer(canvas: Canvas, x: float, foot: float, height: float, colour: Colour) -> None:
    """A spruce in silhouette, its boughs in ragged tiers."""
    rng = canvas.rng
    tiers = max(4, round(height / 16))
    left: list[Point] = []
    right: list[Point] = []
    for tier in range(tiers):
        t = (tier + 1) / tiers
        y, reach = (foot - height + height * t * 0.94, height * 0.19 * t * rng.uniform(0.8, 1.15))
        left += [(x - reach, y), (x - reach * 0.45, y - height * 0.02)]
        right += [(x + reach, y), (x + reach * 0.45, y - height * 0.02)]
    canvas.polygon([(x, foot - height), *right, (x + 1.5, foot), (x - 1.5, foot), *reversed(left)], colour)


def paint_poplar(canvas: Canvas, x: float, foot: float, height: float, colour: Colour) -> None:
    """A tall narrow field tree on a short trunk."""
    rng = canvas.rng
    canvas.rectangle(x - height * 0.012, foot - height * 0.2, x + height * 0.012, foot, colour)
    lean, phase = rng.uniform(-0.03, 0.03), rng.uniform(0, math.tau)
    outline = []
    for index in range(40):
        angle = math.tau * index / 40
        swell = 1 + 0.06 * math.sin(angle * 5 + phase) + 0.04 * math.sin(angle * 9 - phase)
        taper = 1 - 0.35 * math.sin(angle)
        across = (math.cos(angle) * 0.085 * swell * taper + lean * math.sin(angle)) * height
        outline.append((x + across, foot - height * (0.55 + math.sin(angle) * 0.45)))
    canvas.polygon(outline, colour)


def paint_bush(canvas: Canvas, x: float, foot: float, size: float, colour: Colour) -> None:
    """A round tree or shrub, built of a few overlapping crowns."""
    for _ in range(5):
        dx, dy = (canvas.rng.uniform(-0.6, 0.6) * size, canvas.rng.uniform(0.2, 0.8) * size)
        canvas.ellipse(x + dx, foot - dy, size * 0.5, size * 0.42, colour)
    canvas.rectangle(x - size * 0.06, foot - size * 0.3, x + size * 0.06, foot, colour)


def paint_birds(canvas: Canvas, palette: Palette, area: tuple[float, float, float, float]) -> None:
    """A loose flight of birds somewhere in the area (left, top, right, bottom)."""
    rng = canvas.rng
    x, y = rng.uniform(area[0], area[2]), rng.uniform(area[1], area[3])
    for _ in range(rng.randint(4, 9)):
        bx, by, span = x + rng.gauss(0, 60), y + rng.gauss(0, 22), rng.uniform(5, 11)
        canvas.line(
            [(bx - span, by - span * 0.35), (bx, by), (bx + span, by - span * 0.4)], palette.depth(0.75), 1.6
        )


def paint_figure(canvas: Canvas, x: float, foot: float, height: float, colour: Colour) -> None:
    """A standing person in silhouette, seen from far enough away to need no face."""
    h = height
    canvas.ellipse(x, foot - h * 0.91, h * 0.075, h * 0.09, colour)
    coat = [(-0.06, 0.82), (0.06, 0.82), (0.15, 0.74), (0.17, 0.42), (0.11, 0.36), (0.12, 0), (0.03, 0)]
    coat += [(0.0, 0.33), (-0.03, 0), (-0.12, 0), (-0.11, 0.36), (-0.17, 0.42), (-0.15, 0.74)]
    canvas.polygon([(x + dx * h, foot - dy * h) for dx, dy in coat], colour)
