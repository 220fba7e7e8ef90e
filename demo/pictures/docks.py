"""The working side of a harbour: sheds, tall cranes and a freighter at the quay."""

from demo.pictures.canvas import Canvas, Point
from demo.pictures.nature import ripple
from demo.pictures.palette import Palette, mix


def paint_docks(canvas: Canvas, palette: Palette, quay: float) -> None:
    """Sheds along the quay, a freighter in front of them, and cranes over both."""
    rng = canvas.rng
    _sheds(canvas, palette, quay)
    count = rng.randint(3, 5)
    turned = rng.choice((-1, 1))
    places = [canvas.width * (index + rng.uniform(0.3, 0.7)) / count for index in range(count)]
    for x in places:
        _crane(
            canvas, palette, (x, quay - 14), rng.uniform(0.8, 1.1), turned if rng.random() < 0.8 else -turned
        )


def paint_freighter(canvas: Canvas, palette: Palette, foot: Point, scale: float) -> None:
    """A cargo ship alongside, her bridge aft, her derricks raised."""
    rng = canvas.rng
    (x, y), s, way = foot, scale, rng.choice((-1, 1))
    hull, white = mix(palette.depth(0.95), palette.accent, 0.1), mix(palette.paper, palette.haze, 0.2)

    def at(*points: Point) -> list[Point]:
        return [(x + px * s * way, y - py * s) for px, py in points]

    for step in range(12):
        tone = mix(hull, palette.water, 0.15 + step * 0.065)
        ripple(canvas, x - (330 - step * 9) * s, y + (5 + step * 9) * s, (660 - step * 18) * s, 8 * s, tone)
    canvas.polygon(at((-310, 74), (-250, 62), (270, 62), (345, 88), (312, 0), (-296, 0)), hull)
    canvas.polygon(at((-296, 0), (312, 0), (317, 14), (-300, 14)), mix(hull, palette.accent, 0.75))
    canvas.polygon(at((-292, 66), (-178, 62), (-178, 150), (-284, 150)), white)
    canvas.polygon(at((-276, 150), (-190, 150), (-194, 176), (-270, 176)), mix(white, palette.haze, 0.4))
    canvas.polygon(at((-262, 176), (-226, 176), (-230, 226), (-264, 226)), palette.accent)
    for row in range(3):
        for column in range(6):
            canvas.polygon(
                _pane(at((-276 + column * 16.0, 138 - row * 26.0))[0], 4.4 * s), palette.depth(0.7)
            )
    for mast in (-90.0, 70.0, 225.0):
        canvas.line(at((mast, 62), (mast, 205)), hull, 6 * s)
        canvas.line(at((mast, 80), (mast + 74, 168)), hull, 3.4 * s)
        canvas.line(at((mast, 80), (mast - 68, 158)), hull, 3.4 * s)
        canvas.line(at((mast - 68, 158), (mast, 200), (mast + 74, 168)), hull, 1.1)
    canvas.line(at((-250, 60), (272, 60)), white, 2.4 * s)


def _pane(centre: Point, half: float) -> list[Point]:
    x, y = centre
    return [(x - half, y - half), (x + half, y - half), (x + half, y + half), (x - half, y + half)]


def _sheds(canvas: Canvas, palette: Palette, quay: float) -> None:
    """A row of long gabled warehouses, in shallow steps of height."""
    rng = canvas.rng
    x = rng.uniform(-120, -20)
    while x < canvas.width:
        broad, tall, gables = rng.uniform(90, 130), rng.uniform(80, 120), rng.randint(1, 4)
        wall = mix(palette.depth(rng.uniform(0.4, 0.55)), palette.accent, rng.uniform(0.0, 0.25))
        for _ in range(gables):
            outline = [
                (x, quay),
                (x, quay - tall),
                (x + broad / 2, quay - tall - 44),
                (x + broad, quay - tall),
                (x + broad, quay),
            ]
            canvas.polygon(outline, wall)
            canvas.line(outline[1:4], mix(wall, palette.shadow, 0.6), 6)
            canvas.rectangle(
                x + broad * 0.3, quay - 62, x + broad * 0.7, quay, mix(wall, palette.shadow, 0.5)
            )
            for window in (0.16, 0.44, 0.72):
                lit = palette.accent if rng.random() < 0.25 else mix(wall, palette.shadow, 0.4)
                canvas.rectangle(
                    x + broad * window, quay - tall - 6, x + broad * (window + 0.12), quay - tall + 14, lit
                )
            x += broad
        x += rng.choice((0, 30, 90))


def _crane(canvas: Canvas, palette: Palette, foot: Point, scale: float, way: int) -> None:
    """A travelling crane: four legs, a cabin that turns, a lattice jib and its hook."""
    rng = canvas.rng
    (x, y), s = foot, scale
    steel = palette.depth(0.9)

    def at(px: float, py: float) -> Point:
        return x + px * s * way, y - py * s

    for leg in (-52, 52):
        canvas.line([at(leg, 0), at(leg * 0.62, 120)], steel, 8 * s)
    canvas.line([at(-46, 26), at(40, 112)], steel, 3 * s)
    canvas.line([at(46, 26), at(-40, 112)], steel, 3 * s)
    canvas.polygon([at(-44, 116), at(44, 116), at(40, 132), at(-40, 132)], steel)
    cabin = mix(palette.depth(0.75), palette.accent, 0.55)
    canvas.polygon([at(-62, 134), at(30, 134), at(30, 190), at(-62, 190)], cabin)
    canvas.polygon([at(8, 158), at(26, 158), at(26, 182), at(8, 182)], mix(palette.sun, palette.haze, 0.3))
    canvas.line([at(-24, 190), at(-4, 292)], steel, 6 * s)
    canvas.line([at(-52, 190), at(-4, 292)], steel, 4 * s)
    reach, lift = rng.uniform(150, 230), rng.uniform(330, 420)
    _jib(canvas, steel, at(22, 150), at(reach, lift), s)
    canvas.line([at(-4, 292), at(reach, lift)], steel, 1.6)
    hook = rng.uniform(90, 220)
    canvas.line([at(reach, lift), at(reach, hook)], steel, 1.5)
    if rng.random() < 0.6:
        canvas.polygon(
            [
                at(reach - 26, hook - 30),
                at(reach + 26, hook - 30),
                at(reach + 26, hook - 6),
                at(reach - 26, hook - 6),
            ],
            cabin,
        )
        canvas.line([at(reach - 26, hook - 6), at(reach, hook + 14), at(reach + 26, hook - 6)], steel, 1.3)


def _jib(canvas: Canvas, steel: tuple[int, int, int], start: Point, end: Point, scale: float) -> None:
    """Two chords that meet at the tip, with a zigzag between them."""
    chord = [
        (start[0] + (end[0] - start[0]) * i / 12, start[1] + (end[1] - start[1]) * i / 12) for i in range(13)
    ]
    upper = [(x, y - 22 * scale * (1 - i / 12)) for i, (x, y) in enumerate(chord)]
    canvas.line(chord, steel, 4 * scale)
    canvas.line(upper, steel, 3 * scale)
    zigzag = [(upper if i % 2 else chord)[i] for i in range(13)]
    canvas.line(zigzag, steel, 1.8 * scale)
