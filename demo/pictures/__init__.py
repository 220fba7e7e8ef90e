"""Pictures for the sample publication, drawn by the program itself so that nothing has to be licensed."""

from collections.abc import Callable
from random import Random

from PIL import Image

from demo.pictures.bridge import draw_bridge
from demo.pictures.canvas import Canvas
from demo.pictures.delta import draw_delta
from demo.pictures.fields import draw_fields
from demo.pictures.harbour import draw_harbour
from demo.pictures.ice import draw_ice
from demo.pictures.island import draw_island
from demo.pictures.library import draw_library
from demo.pictures.mountains import draw_mountains
from demo.pictures.night_sky import draw_night_sky
from demo.pictures.reservoir import draw_reservoir
from demo.pictures.tunnel import draw_tunnel
from demo.pictures.workshop import draw_workshop

SCENES: dict[str, Callable[[Canvas], None]] = {
    "bridge": draw_bridge,
    "delta": draw_delta,
    "fields": draw_fields,
    "harbour": draw_harbour,
    "ice": draw_ice,
    "island": draw_island,
    "library": draw_library,
    "mountains": draw_mountains,
    "night-sky": draw_night_sky,
    "reservoir": draw_reservoir,
    "tunnel": draw_tunnel,
    "workshop": draw_workshop,
}


def draw_picture(scene: str, seed: int, *, size: tuple[int, int] = (2000, 1250)) -> Image.Image:
    """An illustration of one of the `SCENES`, `size` pixels wide and high.

    The seed decides composition, palette and time of day: the same scene, seed and size always give
    the same bytes. Raises ValueError for a scene that nobody has drawn.
    """
    if scene not in SCENES:
        raise ValueError(f"No scene is called {scene!r}; there are {', '.join(SCENES)}.")
    canvas = Canvas(size, Random(f"{scene} {seed}"))  # noqa: S311 - drawn the same each time, on purpose
    SCENES[scene](canvas)
    return canvas.finish()
