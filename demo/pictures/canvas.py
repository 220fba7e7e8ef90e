"""The sheet a picture is drawn on: flat shapes, gradients, hatching and glows, then grain.

Coordinates are in units of a thousandth of the picture's height, from the top left corner, so that a
scene is drawn once and printed at any size. `Canvas.width` says how wide the sheet is in those units.
"""

import math
from collections.abc import Sequence
from random import Random

from PIL import Image, ImageChops, ImageDraw

from demo.pictures.palette import Colour

Point = tuple[float, float]
HEIGHT = 1000.0
OVERSAMPLING = 2
HATCH_PERIOD = 7


class Canvas:
    """A sheet drawn at twice its size and reduced at the end, which smooths every edge."""

    def __init__(self, size: tuple[int, int], rng: Random) -> None:
        self.size = size
        self.rng = rng
        self.scale = size[1] * OVERSAMPLING / HEIGHT
        self.width = size[0] * HEIGHT / size[1]
        self._image = Image.new("RGB", (size[0] * OVERSAMPLING, size[1] * OVERSAMPLING))
        self._draw = ImageDraw.Draw(self._image)

    def polygon(self, points: Sequence[Point], colour: Colour) -> None:
        """Fill a shape with one flat ink."""
        self._draw.polygon(self._pixels(points), fill=colour)

    def rectangle(self, left: float, top: float, right: float, bottom: float, colour: Colour) -> None:
        """Fill an upright rectangle."""
        self.polygon([(left, top), (right, top), (right, bottom), (left, bottom)], colour)

    def ellipse(self, x: float, y: float, rx: float, ry: float, colour: Colour) -> None:
        """Fill an ellipse given by its centre and its two radii."""
        self._draw.ellipse(self._box(x - rx, y - ry, x + rx, y + ry), fill=colour)

    def line(self, points: Sequence[Point], colour: Colour, thickness: float) -> None:
        """Draw a line of even thickness through the points."""
        pixels = max(1, round(thickness * self.scale))
        self._draw.line(self._pixels(points), fill=colour, width=pixels, joint="curve")

    def arc(
        self, x: float, y: float, r: float, degrees: tuple[float, float], colour: Colour, t: float
    ) -> None:
        """Draw a part of a circle, clockwise from three o'clock, with a line `t` thick."""
        box = self._box(x - r, y - r, x + r, y + r)
        self._draw.arc(box, degrees[0], degrees[1], fill=colour, width=max(1, round(t * self.scale)))

    def wash(self, top: float, bottom: float, upper: Colour, lower: Colour) -> None:
        """Fill the whole width with a vertical gradient."""
        self.shade([(0, top), (self.width, top), (self.width, bottom), (0, bottom)], upper, lower)

    def shade(self, points: Sequence[Point], upper: Colour, lower: Colour) -> None:
        """Fill a shape with a vertical gradient that runs from its highest to its lowest visible point."""
        box = self._bounds(points)
        if box is None:
            return
        ramp = Image.linear_gradient("L").resize((box[2] - box[0], box[3] - box[1]))
        colours = Image.composite(
            Image.new("RGB", ramp.size, lower), Image.new("RGB", ramp.size, upper), ramp
        )
        self._image.paste(colours, box, self._mask(points, box))

    def veil(self, points: Sequence[Point], colour: Colour, opacity: float) -> None:
        """Lay a transparent ink over a shape."""
        box = self._bounds(points)
        if box is not None:
            mask = self._mask(points, box).point(lambda level: round(level * opacity))
            self._image.paste(colour, box, mask)

    def mist(self, top: float, bottom: float, colour: Colour, opacity: float) -> None:
        """Lay a haze over the whole width, nothing at `top` and thickest at `bottom`."""
        box = self._bounds([(0, top), (self.width, bottom)])
        if box is not None:
            size = (box[2] - box[0], box[3] - box[1])
            ramp = Image.linear_gradient("L").resize(size).point(lambda level: round(level * opacity))
            self._image.paste(colour, box, ramp)

    def glow(self, x: float, y: float, radius: float, colour: Colour, opacity: float) -> None:
        """Brighten a round patch that fades to nothing at its rim."""
        box = tuple(math.floor(edge) for edge in self._box(x - radius, y - radius, x + radius, y + radius))
        side = max(2, box[2] - box[0])
        falloff = ImageChops.invert(Image.radial_gradient("L"))
        curve = [round(255 * opacity * (max(0.0, level - 75) / 180) ** 1.8) for level in range(256)]
        mask = falloff.point(curve).resize((side, side))
        self._image.paste(colour, (box[0], box[1], box[0] + side, box[1] + side), mask)

    def hatch(
        self, points: Sequence[Point], colour: Colour, *, gap: float, slope: float, weight: float
    ) -> None:
        """Rule parallel strokes across a shape: `gap` apart, falling `slope` units per unit of width."""
        box = self._bounds(points)
        if box is None:
            return
        width, height = box[2] - box[0], box[3] - box[1]
        strokes = Image.new("L", (width, height))
        draw = ImageDraw.Draw(strokes)
        step, thickness = max(2.0, gap * self.scale), max(1, round(weight * self.scale))
        rise = width * slope
        start = min(0.0, -rise)
        for index in range(math.ceil((height + abs(rise)) / step) + 1):
            y = start + index * step
            draw.line([(0, y), (width, y + rise)], fill=255, width=thickness)
        self._image.paste(colour, box, ImageChops.multiply(strokes, self._mask(points, box)))

    def finish(self) -> Image.Image:
        """The finished picture: reduced to its size, engraved in the shadows, with the grain of paper."""
        picture = self._image.reduce(OVERSAMPLING)
        return self._grained(self._engraved(picture))

    def _engraved(self, picture: Image.Image) -> Image.Image:
        """Rule fine diagonal lines where the tone is dark, broader the darker it is."""
        width, height = self.size
        period = max(4, round(HATCH_PERIOD * height / 1250))
        wave = [abs(((x + y) % period) * 2 - period) for y in range(period) for x in range(period)]
        tile = Image.new("L", (period, period))
        tile.putdata([40 + round(120 * level / period) for level in wave])
        pattern = Image.new("L", self.size)
        row = Image.new("L", (width, period))
        for x in range(0, width, period):
            row.paste(tile, (x, 0))
        for y in range(0, height, period):
            pattern.paste(row, (0, y))
        cut = ImageChops.subtract(pattern, picture.convert("L"), scale=0.5)
        lines = cut.point(lambda level: min(30, round(level * 0.3)))
        return Image.composite(Image.new("RGB", self.size, (236, 226, 205)), picture, lines)

    def _grained(self, picture: Image.Image) -> Image.Image:
        width, height = self.size
        noise = Image.frombytes("L", self.size, self.rng.randbytes(width * height))
        speckle = noise.point(lambda level: 128 + round((level - 128) * 0.11))
        return ImageChops.overlay(picture, Image.merge("RGB", (speckle,) * 3))

    def _pixels(self, points: Sequence[Point]) -> list[Point]:
        return [(x * self.scale, y * self.scale) for x, y in points]

    def _box(self, left: float, top: float, right: float, bottom: float) -> tuple[float, float, float, float]:
        return (left * self.scale, top * self.scale, right * self.scale, bottom * self.scale)

    def _bounds(self, points: Sequence[Point]) -> tuple[int, int, int, int] | None:
        """The pixels a shape touches on the sheet, or None when it lies outside."""
        pixels = self._pixels(points)
        left = max(0, math.floor(min(x for x, _ in pixels)))
        top = max(0, math.floor(min(y for _, y in pixels)))
        right = min(self._image.width, math.ceil(max(x for x, _ in pixels)))
        bottom = min(self._image.height, math.ceil(max(y for _, y in pixels)))
        return (left, top, right, bottom) if right > left and bottom > top else None

    def _mask(self, points: Sequence[Point], box: tuple[int, int, int, int]) -> Image.Image:
        mask = Image.new("L", (box[2] - box[0], box[3] - box[1]))
        shifted = [(x - box[0], y - box[1]) for x, y in self._pixels(points)]
        ImageDraw.Draw(mask).polygon(shifted, fill=255)
        return mask
