"""The limited palettes the pictures are printed in, and the mixing of their inks."""

from dataclasses import dataclass
from random import Random

Colour = tuple[int, int, int]


def ink(code: str) -> Colour:
    """The colour of a six-digit hexadecimal code, written without its hash."""
    return int(code[0:2], 16), int(code[2:4], 16), int(code[4:6], 16)


def mix(first: Colour, second: Colour, share: float) -> Colour:
    """`first` with `share` (0 to 1) of `second` in it."""
    share = min(1.0, max(0.0, share))
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(first, second, strict=True))
    return red, green, blue


@dataclass(frozen=True)
class Palette:
    """Nine inks that go together: one weather at one time of day."""

    sky: Colour
    horizon: Colour
    sun: Colour
    haze: Colour
    shadow: Colour
    water: Colour
    land: Colour
    paper: Colour
    accent: Colour

    def depth(self, nearness: float) -> Colour:
        """The tone of a flat layer: 0 lost in the haze, 1 the darkest foreground."""
        return mix(self.haze, self.shadow, nearness)

    def ground(self, nearness: float) -> Colour:
        """The tone of open land, which keeps some of its own colour at every distance."""
        return mix(mix(self.haze, self.land, 0.35 + 0.65 * nearness), self.shadow, nearness * 0.35)


def _palette(codes: str) -> Palette:
    return Palette(*(ink(code) for code in codes.split()))


DAWN = _palette("8fa6b2 f0d6bd fbefd9 c9bcb4 2b3a47 6f8a96 8d8f6e f6ecdc c4694a")
MORNING = _palette("7f9fae dfe3d8 fdf6e3 b7c4c2 233c48 54798a 7f8c62 f5f1e4 b9563c")
NOON = _palette("6d97a9 d3dfdc fffaec a9bfc2 1f3947 41708a 76895a f7f4ea c2703a")
OVERCAST = _palette("8c979b c9cdc8 e6e6dd adb4b3 2e3a3f 6a7b80 7c8170 ecebe2 a9654a")
EVENING = _palette("5d6f86 e9b98d fbe3b8 b39a92 262d40 5f6d80 84795a f4e3c8 cf6f3c")
DUSK = _palette("37465f c98f7a f3cfa0 7f7480 1a2233 40506a 5c5f52 ecd9bd d98a45")
NIGHT = _palette("111b2d 35506a dfe6df 36495c 0a111d 1e3145 2b3d3f d7dccb e0a555")

DAYLIGHT = (DAWN, MORNING, NOON, OVERCAST, EVENING, DUSK)
LATE = (EVENING, DUSK, NIGHT)
COLD = (DAWN, MORNING, OVERCAST, EVENING)


def choose_palette(rng: Random, among: tuple[Palette, ...]) -> Palette:
    """One of the palettes, its inks drifted a little so that no two printings are quite alike."""
    chosen = rng.choice(among)
    warmth = rng.uniform(-7, 7)

    def drifted(colour: Colour) -> Colour:
        red, green, blue = (
            min(255, max(0, round(level + shift)))
            for level, shift in zip(colour, (warmth, rng.uniform(-3, 3), -warmth), strict=True)
        )
        return red, green, blue

    return Palette(
        sky=drifted(chosen.sky),
        horizon=drifted(chosen.horizon),
        sun=chosen.sun,
        haze=drifted(chosen.haze),
        shadow=drifted(chosen.shadow),
        water=drifted(chosen.water),
        land=drifted(chosen.land),
        paper=chosen.paper,
        accent=drifted(chosen.accent),
    )
