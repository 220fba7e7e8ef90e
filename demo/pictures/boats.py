"""Boats, as they lie on the water in more than one scene."""

from demo.pictures.canvas import Canvas, Point
from demo.pictures.nature import ripple
from demo.pictures.palette import Palette, mix


def paint_sailing_boat(canvas: Canvas, palette: Palette, foot: Point, scale: float) -> None:
    """A small boat with sails set or furled, and the stroke of its reflection."""
    rng = canvas.rng
    (x, y), s = foot, scale * rng.uniform(0.8, 1.1)
    lean = rng.choice((-1, 1))
    hull = palette.depth(0.95)
    for step in range(9):
        ripple(
            canvas,
            x - 70 * s,
            y + (6 + step * 9) * s,
            (140 - step * 9) * s,
            5 * s,
            mix(hull, palette.water, 0.25 + step * 0.06),
        )
    canvas.line([(x, y), (x, y - 190 * s)], hull, 3 * s)
    if rng.random() < 0.65:
        sail = mix(palette.paper, palette.accent, rng.choice((0.08, 0.15, 0.75)))
        canvas.shade(
            [(x + 4 * lean, y - 182 * s), (x + 92 * lean * s, y - 26 * s), (x + 4 * lean, y - 22 * s)],
            sail,
            mix(sail, palette.shadow, 0.18),
        )
        canvas.polygon(
            [(x - 4 * lean, y - 165 * s), (x - 62 * lean * s, y - 22 * s), (x - 4 * lean, y - 26 * s)],
            mix(sail, palette.shadow, 0.22),
        )
    else:
        canvas.line([(x, y - 34 * s), (x + 76 * lean * s, y - 40 * s)], hull, 5 * s)
        canvas.line([(x - 66 * s, y - 16 * s), (x, y - 186 * s), (x + 66 * s, y - 16 * s)], hull, 0.9)
    canvas.polygon(
        [
            (x - 78 * s, y - 18 * s),
            (x + 78 * s, y - 18 * s),
            (x + 58 * s, y + 6 * s),
            (x - 58 * s, y + 6 * s),
        ],
        hull,
    )
    canvas.line([(x - 76 * s, y - 14 * s), (x + 76 * s, y - 14 * s)], palette.paper, 1.8 * s)


def paint_steamer(canvas: Canvas, palette: Palette, foot: Point, scale: float) -> None:
    """A ferry in profile, with a funnel in the accent colour and a wake."""
    (x, y), s = foot, scale
    way = canvas.rng.choice((-1, 1))
    hull, white = palette.depth(0.95), mix(palette.paper, palette.haze, 0.15)

    def at(*points: Point) -> list[Point]:
        return [(x + px * s * way, y - py * s) for px, py in points]

    for step in range(10):
        ripple(
            canvas,
            x - (180 - step * 8) * s,
            y + (4 + step * 10) * s,
            (360 - step * 16) * s,
            7 * s,
            mix(hull, palette.water, 0.2 + step * 0.07),
        )
    canvas.polygon(at((-172, 36), (188, 44), (158, 0), (-162, 0)), hull)
    canvas.polygon(at((-150, 36), (130, 40), (124, 66), (-150, 66)), white)
    canvas.polygon(at((-104, 66), (86, 66), (76, 90), (-104, 90)), mix(white, palette.haze, 0.35))
    canvas.polygon(at((44, 90), (84, 90), (76, 110), (44, 110)), white)
    canvas.polygon(at((-34, 90), (0, 90), (-6, 142), (-40, 142)), palette.accent)
    canvas.polygon(at((-39, 130), (-5, 130), (-6, 142), (-40, 142)), hull)
    canvas.line(at((104, 60), (104, 160)), hull, 2.4 * s)
    canvas.line(at((-130, 60), (-130, 136)), hull, 2.4 * s)
    for window in range(15):
        canvas.rectangle(
            *_window(x + (-138 + window * 17.5) * s * way, y - 57 * s, 5 * s), palette.depth(0.7)
        )
    canvas.line(at((-170, 14), (168, 14)), mix(hull, palette.accent, 0.8), 3 * s)


def _window(x: float, y: float, side: float) -> tuple[float, float, float, float]:
    return x - side, y, x + side, y + side * 1.8
