"""System checks: the publication's colours can be read (WCAG 2.2, 1.4.3)."""

from typing import Any

from django.conf import settings
from django.core import checks

LEAST_CONTRAST = 4.5
# The stylesheet's --paper, --tint and --on-accent, in daylight and in the dark. Text in the accent stands on
# the first two; the third stands on buttons of the accent.
GROUNDS = {
    "accent": ("#fdfcf9", "#f4f1ea", "#ffffff"),
    "accent_dark": ("#151412", "#1f1d1a", "#151412"),
}
VARIABLES = {"accent": "ACCENT_COLOUR", "accent_dark": "ACCENT_COLOUR_DARK"}


@checks.register()
def check_accent_contrast(**kwargs: Any) -> list[checks.CheckMessage]:
    """Warn for each accent colour that is too close to what it stands on."""
    return [
        checks.Warning(
            f"{VARIABLES[name]} is {colour}: contrast on {ground} is {contrast(colour, ground):.1f} to 1; "
            f"text needs {LEAST_CONTRAST}.",
            hint="Choose a darker colour for daylight, a lighter one for the dark.",
            id="articles.W001",
        )
        for name, grounds in GROUNDS.items()
        for ground in dict.fromkeys(grounds)
        if contrast(colour := settings.PUBLICATION[name], ground) < LEAST_CONTRAST
    ]


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two `#rrggbb` colours, from 1 to 21 (WCAG 2.2, "contrast ratio")."""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def luminance(colour: str) -> float:
    """The relative luminance of a `#rrggbb` colour, from 0 to 1 (WCAG 2.2, "relative luminance")."""
    red, green, blue = (_linear(int(colour[start : start + 2], 16) / 255) for start in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(value: float) -> float:
    return value / 12.92 if value <= 0.04045 else float(((value + 0.055) / 1.055) ** 2.4)
