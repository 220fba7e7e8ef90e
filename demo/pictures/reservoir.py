"""A lake between wooded slopes and the dam that holds it."""

import math

from demo.pictures.canvas import HEIGHT, Canvas
from demo.pictures.nature import closed, paint_conifer, paint_sky, paint_water, profile, ridge
from demo.pictures.palette import COLD, Palette, choose_palette, mix


def draw_reservoir(canvas: Canvas) -> None:
    """A lake between wooded slopes, held by an arched dam with the valley below it."""
    rng = canvas.rng
    palette = choose_palette(rng, COLD)
    sun = (rng.uniform(0.25, 0.75) * canvas.width, rng.uniform(110, 220))
    paint_sky(canvas, palette, 430, sun)
    for index, base in enumerate((330, 385)):
        edge = ridge(rng, canvas.width, base, 90 - 34 * index, roughness=0.55)
        canvas.polygon(closed(edge, HEIGHT), palette.depth(0.12 + 0.16 * index))
        canvas.mist(base, base + 110, palette.haze, 0.5)
    paint_water(canvas, palette, 420, sun[0], bottom=690)
    crest = 600 + rng.uniform(-25, 25)
    _slopes(canvas, palette, crest)
    _dam(canvas, palette, crest)
    _valley(canvas, palette)


def _slopes(canvas: Canvas, palette: Palette, crest: float) -> None:
    """The wooded sides, falling from both edges of the picture to the ends of the dam."""
    rng = canvas.rng
    width = canvas.width
    for mirrored in (False, True):
        for row in range(3):
            start, reach = 330 + 95 * row, width * (0.36 - 0.035 * row)
            drop = crest + 30 * row - start
            edge = [
                (t * reach, start + drop * t**1.5 + level * 20)
                for t, (_, level) in zip(
                    (i / 40 for i in range(41)),
                    profile(rng, width, step=width / 42, roughness=0.6),
                    strict=False,
                )
            ]
            tone = mix(palette.ground(0.35 + 0.3 * row), palette.shadow, 0.25 + 0.2 * row)
            shape = [(width - x if mirrored else x, y) for x, y in closed(edge, HEIGHT)]
            canvas.polygon(shape, tone)
            for x, y in shape[:41:1]:
                if rng.random() < 0.75:
                    paint_conifer(
                        canvas, x + rng.uniform(-8, 8), y + 16, rng.uniform(26, 58) * (1 + 0.35 * row), tone
                    )


def _dam(canvas: Canvas, palette: Palette, crest: float) -> None:
    """A curved wall: a pale parapet, a shaded face, and water falling from its gates."""
    rng = canvas.rng
    left, right, sag = canvas.width * 0.2, canvas.width * 0.8, rng.uniform(26, 48)
    steps = [i / 40 for i in range(41)]
    top = [(left + (right - left) * t, crest + sag * math.sin(math.pi * t)) for t in steps]
    foot = [
        (left + (right - left) * (0.17 + 0.66 * t), 830 + sag * 1.3 * math.sin(math.pi * t)) for t in steps
    ]
    concrete = mix(palette.paper, palette.haze, 0.45)
    face = [*top, *reversed(foot)]
    canvas.shade(face, concrete, mix(concrete, palette.shadow, 0.5))
    for share in range(1, 20):
        index = share * 2
        canvas.line([top[index], foot[index]], mix(concrete, palette.shadow, 0.32), 1.3)
    canvas.hatch(
        [*top[24:], *reversed(foot[24:])], mix(concrete, palette.shadow, 0.5), gap=7, slope=-0.3, weight=1.2
    )
    first = rng.randint(9, 21)
    for gate in range(rng.randint(2, 4)):
        index = first + gate * 3
        (x, y), (fx, fy) = top[index], foot[index]
        canvas.polygon(
            [(x - 7, y + 26), (x + 7, y + 26), (fx + 18, fy + 8), (fx - 18, fy + 8)], palette.paper
        )
        canvas.glow(fx, fy, 90, palette.paper, 0.6)
    canvas.line([(x, y + 9) for x, y in top], mix(concrete, palette.shadow, 0.6), 6)
    canvas.line(top, mix(palette.paper, palette.sun, 0.3), 9)


def _valley(canvas: Canvas, palette: Palette) -> None:
    """The dark wooded ground under the dam, parted by the river."""
    rng = canvas.rng
    x = rng.uniform(0.42, 0.58) * canvas.width
    for row, top in enumerate((842, 915)):
        tone = palette.depth(0.8 + 0.18 * row)
        edge = ridge(rng, canvas.width, top, 18)
        gap = 44 + 52 * row
        for side in (-1, 1):
            bank = [(px, py + max(0, 1 - abs(px - x) / 260) * 40) for px, py in edge if (px - x) * side > gap]
            brink = (x + side * gap * 1.9, HEIGHT)
            outer = (0.0 if side < 0 else canvas.width, HEIGHT)
            canvas.polygon([*bank, brink, outer] if side < 0 else [*bank, outer, brink], tone)
            for px, py in bank:
                if rng.random() < 0.5:
                    paint_conifer(canvas, px, py + 20, rng.uniform(34, 74) * (1 + 0.4 * row), tone)
