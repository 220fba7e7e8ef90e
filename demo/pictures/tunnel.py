"""A tunnel, seen from inside along its rails or from before its mouth."""

import math

from demo.pictures.canvas import HEIGHT, Canvas, Point
from demo.pictures.nature import closed, crag, paint_conifer, paint_figure, paint_sky, ridge
from demo.pictures.palette import DAYLIGHT, Colour, Palette, choose_palette, ink, mix


def draw_tunnel(canvas: Canvas) -> None:
    """Inside a tunnel, looking along the rails; or its mouth in a rock face."""
    if canvas.rng.random() < 0.5:
        _bore(canvas)
    else:
        _portal(canvas)


def _bore(canvas: Canvas) -> None:
    """Rings of lining going away to a far light, lamps along one wall, people at work."""
    rng = canvas.rng
    dark, stone, light = rng.choice(
        (
            (ink("141a22"), ink("6f6a62"), ink("f4dfb2")),
            (ink("10202a"), ink("5f757c"), ink("eef0df")),
            (ink("1e1714"), ink("7d6350"), ink("f3cf95")),
        )
    )
    centre = (rng.uniform(0.36, 0.64) * canvas.width, rng.uniform(500, 560))
    canvas.rectangle(0, 0, canvas.width, HEIGHT, dark)
    rings = 17
    for index in range(rings):
        radius = 1250 * 0.76**index
        depth = index / (rings - 1)
        tone = mix(mix(dark, stone, 0.3 + 0.55 * depth), light, max(0.0, depth - 0.5) * 1.5)
        canvas.polygon(_vault(centre, radius), mix(tone, dark, 0.62))
        canvas.polygon(_vault(centre, radius * 0.95), tone)
        inner = _vault(centre, radius * 0.95)
        canvas.hatch(
            inner,
            mix(tone, dark, 0.3),
            gap=max(2.5, radius * 0.016),
            slope=0.35,
            weight=max(0.7, radius * 0.0022),
        )
    canvas.glow(centre[0], centre[1], 210, light, 0.95)
    _track(canvas, centre, dark, stone, light)
    _lamps(canvas, centre, light, rng.choice((-1, 1)))
    for _ in range(rng.randint(2, 3)):
        radius = 1250 * 0.76 ** rng.uniform(3.2, 7)
        x = centre[0] + rng.choice((-1, 1)) * radius * rng.uniform(0.3, 0.5)
        paint_figure(canvas, x, centre[1] + radius * 0.42, radius * 0.42, mix(dark, stone, 0.08))


def _vault(centre: Point, radius: float) -> list[Point]:
    """A horseshoe: a round roof on walls that stand on a flat floor."""
    x, y = centre
    arc = [
        (x + math.cos(a) * radius * 0.86, y - math.sin(a) * radius * 0.72)
        for a in (math.pi * i / 40 for i in range(41))
    ]
    return [(x + radius * 0.8, y + radius * 0.42), *arc, (x - radius * 0.8, y + radius * 0.42)]


def _track(canvas: Canvas, centre: Point, dark: Colour, stone: Colour, light: Colour) -> None:
    """Floor, sleepers and two bright rails that meet at the far light."""
    x, y = centre

    def across(share: float, radius: float) -> Point:
        return x + share * radius, y + radius * 0.42

    far, near = 14.0, 1700.0
    canvas.shade(
        [across(-0.8, far), across(0.8, far), across(0.8, near), across(-0.8, near)],
        mix(stone, light, 0.5),
        mix(dark, stone, 0.12),
    )
    radius = far
    while radius < near:
        sleeper = mix(dark, stone, 0.1)
        canvas.polygon(
            [
                across(-0.36, radius),
                across(0.36, radius),
                across(0.36, radius * 1.04),
                across(-0.36, radius * 1.04),
            ],
            sleeper,
        )
        radius *= 1.115
    for share in (-0.25, 0.25):
        shape = [
            across(share - 0.012, far),
            across(share + 0.012, far),
            across(share + 0.016, near),
            across(share - 0.016, near),
        ]
        canvas.shade(shape, light, mix(stone, light, 0.35))


def _lamps(canvas: Canvas, centre: Point, light: Colour, side: int) -> None:
    """Lamps at even distances along a wall, growing as they come nearer, and the pool of each."""
    for index in range(1, 13):
        radius = 1250 * 0.76**index
        x, y = centre[0] + side * radius * 0.7, centre[1] - radius * 0.26
        canvas.glow(x, y, radius * 0.36, light, 0.62)
        canvas.ellipse(x, y, max(1.5, radius * 0.012), max(1.5, radius * 0.017), light)
    cable = [(centre[0] + side * 1250 * 0.76**i * 0.73, centre[1] - 1250 * 0.76**i * 0.3) for i in range(14)]
    canvas.line(cable, mix(light, (20, 20, 24), 0.75), 2)


def _portal(canvas: Canvas) -> None:
    """The mouth of a tunnel under a cliff: masonry, rails curving out, spruces, a signal."""
    rng = canvas.rng
    palette = choose_palette(rng, DAYLIGHT)
    sun = (rng.uniform(0.1, 0.9) * canvas.width, rng.uniform(80, 160))
    paint_sky(canvas, palette, 420, sun)
    for index, base in enumerate((260, 330)):
        canvas.polygon(
            closed(ridge(rng, canvas.width, base, 120 - 40 * index, roughness=0.6), HEIGHT),
            palette.depth(0.15 + 0.16 * index),
        )
        canvas.mist(base, base + 160, palette.haze, 0.5)
    x = rng.uniform(0.38, 0.62) * canvas.width
    _cliff(canvas, palette, x)
    canvas.wash(780, HEIGHT, mix(palette.ground(0.7), palette.horizon, 0.2), palette.depth(0.85))
    _mouth(canvas, palette, (x, 790), rng.uniform(185, 225))
    _siding(canvas, palette, (x, 790))
    for side in (-1, 1):
        for _ in range(rng.randint(5, 8)):
            px = x + side * rng.uniform(400, 900)
            paint_conifer(canvas, px, rng.uniform(815, 930), rng.uniform(150, 330), palette.depth(0.95))
    paint_figure(canvas, x + rng.choice((-1, 1)) * rng.uniform(260, 330), 850, 92, palette.depth(1))


def _cliff(canvas: Canvas, palette: Palette, x: float) -> None:
    """A rock face in broken facets, hatched on the side away from the light."""
    rng = canvas.rng
    rock = mix(palette.depth(0.55), palette.paper, 0.12)
    edge = crag(rng, (-30, 420), (x - 120, 190), 62) + crag(rng, (x - 110, 190), (canvas.width + 30, 400), 62)
    canvas.shade(closed(edge, 830), mix(rock, palette.sun, 0.22), mix(rock, palette.shadow, 0.2))
    for _ in range(9):
        top = rng.choice(edge[4:-4])
        lean, broad = rng.uniform(-150, 150), rng.uniform(60, 170)
        left = crag(rng, top, (top[0] + lean, 830), 26)
        right = crag(rng, (top[0] + lean + broad, 830), (top[0] + broad * 0.2, top[1] + 30), 30)
        canvas.polygon([*left, *right], mix(rock, palette.shadow, rng.uniform(0.06, 0.2)))
        canvas.hatch([*left, *right], mix(rock, palette.shadow, 0.34), gap=9, slope=1.3, weight=1.2)
    for ex, ey in edge:
        if rng.random() < 0.4:
            paint_conifer(canvas, ex, ey + 12, rng.uniform(26, 66), palette.depth(0.74))


def _mouth(canvas: Canvas, palette: Palette, foot: Point, radius: float) -> None:
    """The masonry front with its ring of wedge stones, and lamps going into the dark."""
    (x, y), r = foot, radius
    stone = mix(palette.paper, palette.haze, 0.5)
    canvas.rectangle(x - r * 1.5, y - r * 1.9, x + r * 1.5, y, stone)
    front = [(x - r * 1.5, y - r * 1.9), (x + r * 1.5, y - r * 1.9), (x + r * 1.5, y), (x - r * 1.5, y)]
    canvas.hatch(front, mix(stone, palette.shadow, 0.24), gap=17, slope=0, weight=1.2)
    canvas.rectangle(x - r * 1.58, y - r * 1.99, x + r * 1.58, y - r * 1.86, mix(stone, palette.shadow, 0.35))

    def opening(size: float) -> list[Point]:
        angles = [math.pi * index / 32 for index in range(33)]
        arch = [(x + math.cos(a) * size, y - r * 0.62 - math.sin(a) * size) for a in angles]
        return [(x + size, y), *arch, (x - size, y)]

    canvas.polygon(opening(r * 1.16), mix(stone, palette.shadow, 0.2))
    for index in range(15):
        a = math.pi * index / 14
        start = (x + math.cos(a) * r, y - r * 0.62 - math.sin(a) * r)
        end = (x + math.cos(a) * r * 1.16, y - r * 0.62 - math.sin(a) * r * 1.16)
        canvas.line([start, end], mix(stone, palette.shadow, 0.6), 2)
    canvas.shade(opening(r), mix(palette.shadow, (0, 0, 0), 0.35), palette.shadow)
    for index in range(6):
        size = r * 0.78 * 0.7**index
        canvas.glow(x - size * 0.9, y - r * 0.42 - size * 0.62, 16 + size * 0.3, palette.accent, 0.7)
        canvas.ellipse(
            x - size * 0.9, y - r * 0.42 - size * 0.62, 1.6 + size * 0.022, 1.6 + size * 0.03, palette.sun
        )


def _siding(canvas: Canvas, palette: Palette, start: Point) -> None:
    """Two tracks coming out of the tunnel towards us, with sleepers and ballast."""
    rng = canvas.rng
    bend = rng.uniform(-260, 260)

    def at(t: float, offset: float) -> Point:
        scale = 0.3 + 1.9 * t * t
        return start[0] + bend * t * t + offset * scale, start[1] - 14 + (HEIGHT - start[1] + 60) * t

    ballast = mix(palette.haze, palette.shadow, 0.45)
    canvas.polygon([at(0, -290), at(0, 290), at(0.5, 260), at(1, 240), at(1, -240), at(0.5, -260)], ballast)
    for track in (-118, 118):
        for step in range(26):
            t = (step / 26) ** 1.3
            canvas.line([at(t, track - 84), at(t, track + 84)], palette.depth(0.9), 2 + 11 * t)
        for rail in (-52, 52):
            line = [at(i / 20, track + rail) for i in range(21)]
            canvas.line(line, palette.depth(1), 6)
            canvas.line([(px, py - 2) for px, py in line], mix(palette.paper, palette.haze, 0.2), 2.4)
