"""A river breaking into channels, seen from a height."""

import itertools
import math
from collections.abc import Callable
from typing import NamedTuple

from demo.pictures.canvas import HEIGHT, Canvas
from demo.pictures.nature import closed, paint_birds, paint_disc, paint_sky, ridge, ripple
from demo.pictures.palette import DAYLIGHT, Colour, Palette, choose_palette, mix

Station = tuple[float, float, float]  # a place on a channel: x, y, breadth


class _Spring(NamedTuple):
    """Where a channel begins, which way it tends, and how much of the river it carries."""

    x: float
    y: float
    drift: float
    strength: float


def draw_delta(canvas: Canvas) -> None:
    """A river breaking into channels across green flats, seen from a height."""
    rng = canvas.rng
    palette = choose_palette(rng, DAYLIGHT)
    horizon = rng.uniform(210, 290)
    sun = (rng.uniform(0.2, 0.8) * canvas.width, horizon - rng.uniform(30, 120))
    paint_sky(canvas, palette, horizon, sun)
    paint_disc(canvas, palette, sun, rng.uniform(22, 34))
    canvas.polygon(closed(ridge(rng, canvas.width, horizon - 4, 16), HEIGHT), palette.depth(0.16))
    canvas.wash(horizon, HEIGHT, palette.ground(0.1), palette.ground(0.95))
    _patches(canvas, palette, horizon)
    channels = _network(canvas, horizon)
    for breadth, tone_of in ((1.18, _bank_tone), (1.0, _water_tone)):
        for channel in channels:
            _channel(canvas, palette, channel, breadth, tone_of, horizon)
    _glints(canvas, palette, channels, horizon)
    _barges(canvas, palette, channels, horizon)
    canvas.mist(horizon - 60, horizon + 8, palette.horizon, 0.55)
    canvas.glow(sun[0], horizon + 20, 480, palette.sun, 0.35)
    paint_birds(canvas, palette, (200, horizon + 120, canvas.width - 200, 700))


def _perspective(y: float, horizon: float) -> float:
    """How large a thing on the flats looks at height `y`: 0 at the horizon, 1 at our feet."""
    return max(0.0, (y - horizon) / (HEIGHT - horizon))


def _network(canvas: Canvas, horizon: float) -> list[list[Station]]:
    """The river's main arms, then their branches, each of which ends where it meets another channel."""
    rng = canvas.rng
    mouth, side = rng.uniform(0.3, 0.7) * canvas.width, rng.choice((-1, 1))
    springs = [
        _Spring(mouth, horizon + 6, -side * rng.uniform(0.1, 0.5), 1.0),
        _Spring(mouth + side * rng.uniform(260, 460), horizon + 8, side * rng.uniform(0.3, 0.8), 0.75),
    ]
    channels: list[list[Station]] = []
    while springs and len(channels) < 16:
        channels.append(_follow(canvas, springs.pop(0), springs, channels, horizon))
    return channels


def _follow(
    canvas: Canvas, spring: _Spring, springs: list[_Spring], others: list[list[Station]], horizon: float
) -> list[Station]:
    """One channel from its spring to the foot of the picture, leaving springs of branches behind."""
    rng = canvas.rng
    x, y, strength, phase = (spring.x, spring.y, spring.strength, rng.uniform(0, math.tau))
    channel: list[Station] = []
    while y < HEIGHT + 60:
        near = _perspective(y, horizon)
        bend = math.log(near + 0.03)
        swell = 1 + 0.28 * math.sin(phase * 3 + math.log(near + 0.05) * 11)
        breadth = strength * swell * (2.5 + 165 * near**1.2)
        channel.append((x, y, breadth))
        if len(channel) > 24 and _meets(x, y, breadth, others):
            break
        dy = 1.6 + 13 * near
        swing = 0.7 * math.sin(phase + bend * 5.2) + 0.45 * math.sin(phase * 2 + bend * 11.3)
        x += (swing * 3.4 + spring.drift * 2.6) * dy * (0.7 + 0.5 * (1 - near))
        y += dy
        if strength > 0.4 and near > 0.03 and rng.random() < 0.035:
            side = rng.choice((-1, 1))
            springs.append(
                _Spring(x, y, spring.drift + side * rng.uniform(0.9, 1.8), strength * rng.uniform(0.3, 0.55))
            )
    return channel


def _meets(x: float, y: float, breadth: float, others: list[list[Station]]) -> bool:
    return any(
        abs(other_y - y) < 8 and abs(other_x - x) < (breadth + other_breadth) * 0.3
        for other in others
        for other_x, other_y, other_breadth in other
    )


def _bank_tone(palette: Palette, near: float) -> Colour:
    return mix(palette.ground(near), palette.shadow, 0.14 + 0.2 * near)


def _water_tone(palette: Palette, near: float) -> Colour:
    return mix(
        mix(palette.horizon, palette.sun, 0.5), mix(palette.sky, palette.water, 0.5), min(1.0, near * 1.25)
    )


def _channel(
    canvas: Canvas,
    palette: Palette,
    channel: list[Station],
    breadth: float,
    tone_of: Callable[[Palette, float], Colour],
    horizon: float,
) -> None:
    """Fill one channel, station by station, in the tone that belongs to each distance."""
    for (x, y, broad), (next_x, next_y, next_broad) in itertools.pairwise(channel):
        half, next_half = broad * breadth / 2, next_broad * breadth / 2
        shape = [
            (x - half, y),
            (x + half, y),
            (next_x + next_half, next_y + 1),
            (next_x - next_half, next_y + 1),
        ]
        canvas.polygon(shape, tone_of(palette, _perspective(y, horizon)))


def _patches(canvas: Canvas, palette: Palette, horizon: float) -> None:
    """Long flat fields and reed beds lying across the view, broken by hedges."""
    rng = canvas.rng
    for t in sorted(rng.random() ** 1.4 for _ in range(150)):
        y = horizon + 5 + (HEIGHT - horizon) * t
        half, tall = ((60 + 300 * t) * rng.uniform(0.4, 1.1), (3 + 46 * t) * rng.uniform(0.5, 1.1))
        x = rng.uniform(-0.05, 1.05) * canvas.width
        slant = rng.uniform(-0.7, 0.7) * half
        shape = [
            (x - half, y - tall),
            (x + half * 0.9, y - tall),
            (x + half + slant, y + tall),
            (x - half + slant, y + tall),
        ]
        ground = palette.ground(0.15 + 0.75 * t)
        tone = mix(
            ground,
            rng.choice((palette.horizon, palette.shadow, palette.accent, palette.land)),
            rng.uniform(0.05, 0.26),
        )
        canvas.polygon(shape, tone)
        if rng.random() < 0.4:
            canvas.hatch(
                shape,
                mix(tone, palette.shadow, 0.28),
                gap=3 + 9 * t,
                slope=rng.uniform(-0.15, 0.15),
                weight=0.8 + t,
            )


def _glints(canvas: Canvas, palette: Palette, channels: list[list[Station]], horizon: float) -> None:
    """Light on the water, laid along the channels in short strokes."""
    rng = canvas.rng
    for channel in channels:
        for x, y, broad in channel:
            if broad > 16 and rng.random() < 0.8:
                length = broad * rng.uniform(0.2, 0.6)
                left = x - broad * 0.42 + rng.random() * (broad * 0.84 - length)
                tone = _water_tone(palette, _perspective(y, horizon) * rng.choice((0.55, 0.7, 1.3)))
                ripple(canvas, left, y, length, 0.8 + 2.2 * _perspective(y, horizon), tone)


def _barges(canvas: Canvas, palette: Palette, channels: list[list[Station]], horizon: float) -> None:
    """Two or three barges on the broader water."""
    rng = canvas.rng
    broad = [station for channel in channels for station in channel if station[2] > 24 and station[1] < 900]
    for x, y, room in rng.sample(broad, min(3, len(broad))):
        s = 0.25 + _perspective(y, horizon)
        length = min(room * 0.62, 120 * s)
        hull = palette.depth(0.95)
        ripple(
            canvas, x - length * 0.8, y + 3 * s, length * 2.2, 5 * s, mix(palette.paper, palette.water, 0.2)
        )
        canvas.polygon(
            [
                (x - length / 2, y - 9 * s),
                (x + length / 2, y - 11 * s),
                (x + length * 0.42, y + 3 * s),
                (x - length * 0.45, y + 3 * s),
            ],
            hull,
        )
        canvas.rectangle(x - length * 0.42, y - 20 * s, x - length * 0.22, y - 9 * s, palette.paper)
        canvas.rectangle(x - length * 0.12, y - 15 * s, x + length * 0.36, y - 9 * s, palette.accent)
