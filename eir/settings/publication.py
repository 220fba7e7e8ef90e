"""What makes the site this magazine and not another."""

from zoneinfo import ZoneInfo

from django.core.exceptions import ImproperlyConfigured

from eir.environment import matching, text, web_address

SITE_URL = web_address("SITE_URL", embedded="http://127.0.0.1:8000")
TIME_ZONE = text("TIME_ZONE", "America/New_York")
try:
    ZoneInfo(TIME_ZONE)
except (KeyError, ValueError, OSError) as error:
    raise ImproperlyConfigured(f"TIME_ZONE is {TIME_ZONE!r}; use a name like Europe/Berlin.") from error

COLOUR = (r"#[0-9a-fA-F]{6}", "a colour like #8a1c1c")

PUBLICATION = {
    "name": text("PUBLICATION_NAME", "Executive Intelligence Review"),
    "short_name": text("PUBLICATION_SHORT_NAME", "EIR"),
    "tagline": text("PUBLICATION_TAGLINE", "A weekly of economics, science and the things nations build"),
    "dateline_source": text("DATELINE_SOURCE", "EIRNS"),
    "accent": matching("ACCENT_COLOUR", *COLOUR, default="#8a1c1c"),
    "accent_dark": matching("ACCENT_COLOUR_DARK", *COLOUR, default="#f0a59b"),
    "postal_address": text(
        "POSTAL_ADDRESS", embedded="Executive Intelligence Review, 12 Quay Street, Port Saldane"
    ),
    "help_address": text("HELP_ADDRESS", embedded="help@eir.example"),
}
