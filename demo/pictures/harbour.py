"""A harbour: a hillside town above its quay, or the docks with their cranes."""

from demo.pictures.boats import paint_sailing_boat, paint_steamer
from demo.pictures.canvas import HEIGHT, Canvas, Point
from demo.pictures.docks import paint_docks, paint_freighter
from demo.pictures.nature import closed, paint_birds, paint_disc, paint_sky, paint_water, ridge, ripple
from demo.pictures.palette import DAYLIGHT, LATE, Palette, choose_palette, mix


def draw_harbour(canvas: Canvas) -> None:
    """Boats on the water before a hillside town or before the docks, seen from the pier head."""
    rng = canvas.rng
    palette = choose_palette(rng, (*DAYLIGHT, *LATE))
    sun = (rng.uniform(0.15, 0.85) * canvas.width, rng.uniform(140, 330))
    paint_sky(canvas, palette, 560, sun)
    if rng.random() < 0.6:
        paint_disc(canvas, palette, sun, rng.uniform(24, 36))
    has_docks = rng.random() < 0.4
    heights = (520, 545) if has_docks else (440, 490)
    for index, base in enumerate(heights):
        hills = closed(ridge(rng, canvas.width, base, 80 - 22 * index), 640)
        canvas.polygon(hills, palette.depth(0.15 + 0.14 * index))
        canvas.mist(base, base + 110, palette.haze, 0.45)
    quay = rng.uniform(590, 620)
    if has_docks:
        paint_docks(canvas, palette, quay)
    else:
        _town(canvas, palette, quay)
    paint_water(canvas, palette, quay, sun[0])
    _quay(canvas, palette, quay, cranes=0 if has_docks else rng.randint(1, 3))
    _shipping(canvas, palette, quay, has_docks=has_docks)
    _mole(canvas, palette)
    paint_birds(canvas, palette, (200, 120, canvas.width - 200, 330))


def _shipping(canvas: Canvas, palette: Palette, quay: float, *, has_docks: bool) -> None:
    """What lies or sails in the harbour, the farthest first."""
    rng = canvas.rng
    ferry = rng.uniform(0.2, 0.8)
    if has_docks:
        place = (ferry + rng.uniform(0.35, 0.65)) % 1.0
        foot = (canvas.width * (0.25 + place * 0.5), quay + 44)
        paint_freighter(canvas, palette, foot, rng.uniform(0.85, 1.05))
    berths = [(ferry + rng.choice((0.25, 0.4, 0.55, 0.72))) % 1.0 for _ in range(rng.randint(1, 4))]
    for place, distance in zip(berths, sorted(rng.uniform(0.08, 0.45) for _ in berths), strict=True):
        foot = ((place + rng.uniform(-0.05, 0.05)) * canvas.width, quay + 50 + 230 * distance)
        paint_sailing_boat(canvas, palette, foot, 0.45 + distance)
    if not has_docks or rng.random() < 0.4:
        foot = (ferry * canvas.width, quay + rng.uniform(170, 230))
        paint_steamer(canvas, palette, foot, rng.uniform(0.85, 1.2))


def _town(canvas: Canvas, palette: Palette, quay: float) -> None:
    """Rows of gabled houses climbing a hill, with a tower and lit windows."""
    rng = canvas.rng
    summit = rng.uniform(0.25, 0.75) * canvas.width
    for row in range(5):
        base, nearness = quay - 150 + row * 37, 0.3 + 0.12 * row
        x = rng.uniform(-40, 0)
        while x < canvas.width:
            broad = rng.uniform(26, 58)
            hill = max(0.0, 1 - abs(x - summit) / 620) * 72 * (1 - row / 4.4)
            _house(canvas, palette, (x, base - hill), (broad, rng.uniform(34, 74)), nearness)
            x += broad + rng.choice((0, 0, 0, 6, 22))
        if row == 1:
            _tower(canvas, palette, summit, base - 72 * (1 - row / 4.4), nearness)


def _house(canvas: Canvas, palette: Palette, foot: Point, size: tuple[float, float], nearness: float) -> None:
    rng = canvas.rng
    (x, y), (broad, tall) = foot, size
    wall = mix(palette.depth(nearness), palette.paper, rng.uniform(0.0, 0.34))
    roof = mix(palette.depth(nearness + 0.12), palette.accent, rng.uniform(0.0, 0.4))
    canvas.rectangle(x, y - tall, x + broad, y + 90, wall)
    if rng.random() < 0.6:
        canvas.polygon(
            [(x - 2, y - tall), (x + broad / 2, y - tall - broad * 0.42), (x + broad + 2, y - tall)], roof
        )
    else:
        canvas.polygon(
            [
                (x - 2, y - tall),
                (x + 6, y - tall - 17),
                (x + broad - 6, y - tall - 17),
                (x + broad + 2, y - tall),
            ],
            roof,
        )
    columns = max(2, int(broad // 13))
    for row in range(3):
        for column in range(columns):
            wx, wy = x + (column + 0.5) * broad / columns, y - tall + 10 + row * 17
            lit = rng.random() < (0.34 if palette.sky[0] < 110 else 0.08)
            canvas.rectangle(
                wx - 2.3, wy, wx + 2.3, wy + 7, palette.accent if lit else mix(wall, palette.shadow, 0.45)
            )


def _tower(canvas: Canvas, palette: Palette, x: float, foot: float, nearness: float) -> None:
    tone = palette.depth(nearness + 0.1)
    height = canvas.rng.uniform(130, 170)
    canvas.rectangle(x - 14, foot - height, x + 14, foot + 30, tone)
    canvas.rectangle(x - 18, foot - height - 4, x + 18, foot - height + 5, tone)
    canvas.polygon(
        [(x - 14, foot - height), (x, foot - height - 64), (x + 14, foot - height)],
        mix(tone, palette.accent, 0.35),
    )
    canvas.ellipse(x, foot - height + 24, 7, 7, palette.paper)


def _quay(canvas: Canvas, palette: Palette, quay: float, *, cranes: int) -> None:
    """The stone edge, its reflection, and a few light cranes."""
    rng = canvas.rng
    canvas.rectangle(0, quay - 18, canvas.width, quay + 8, palette.depth(0.82))
    canvas.rectangle(0, quay - 20, canvas.width, quay - 16, mix(palette.paper, palette.haze, 0.5))
    for _ in range(150):
        x, depth = rng.uniform(-40, canvas.width), rng.random() ** 1.6
        ripple(
            canvas, x, quay + 9 + depth * 90, rng.uniform(30, 130), 4.5 * (1 - depth) + 1, palette.depth(0.7)
        )
    for _ in range(cranes):
        x, arm = (rng.uniform(0.08, 0.92) * canvas.width, rng.choice((-1, 1)) * rng.uniform(95, 150))
        tone = palette.depth(0.92)
        canvas.line([(x - 16, quay - 14), (x, quay - 130), (x + 16, quay - 14)], tone, 4.5)
        canvas.line([(x, quay - 118), (x + arm, quay - 205)], tone, 4.5)
        canvas.line([(x, quay - 145), (x + arm, quay - 205)], tone, 1.6)
        canvas.line([(x + arm, quay - 205), (x + arm, quay - 90)], tone, 1.4)
        canvas.rectangle(x - 14, quay - 142, x + 14, quay - 116, tone)


def _mole(canvas: Canvas, palette: Palette) -> None:
    """The dark corner nearest to us: a pier head with bollards and perhaps a light."""
    rng = canvas.rng
    tone = palette.depth(1)
    side = rng.choice((0, 1))
    reach = rng.uniform(0.3, 0.5) * canvas.width
    shape = [(0.0, 905.0), (reach * 0.86, 912.0), (reach, 940.0), (reach * 1.04, HEIGHT), (0.0, HEIGHT)]
    shape = [(canvas.width - x if side else x, y) for x, y in shape]
    canvas.polygon(shape, tone)
    canvas.hatch(shape, palette.depth(0.72), gap=12, slope=0.02, weight=1.2)
    for share in (0.3, 0.52, 0.74):
        x = canvas.width - reach * share if side else reach * share
        canvas.rectangle(x - 9, 882, x + 9, 912, tone)
        canvas.ellipse(x, 881, 14, 6, tone)
    x = canvas.width - reach * 0.9 if side else reach * 0.9
    canvas.rectangle(x - 4, 800, x + 4, 920, tone)
    canvas.glow(x, 796, 70, palette.accent, 0.6)
    canvas.rectangle(x - 8, 786, x + 8, 806, palette.accent)
    canvas.polygon([(x - 13, 788), (x, 774), (x + 13, 788)], tone)
