"""Reading settings from environment variables, refusing what makes no sense.

`EIR_ENV` chooses how much may be left out: in `production` (the default) every
variable without a safe default must be set; `demo` and `test` run on embedded
defaults. Each refusal is one sentence that names the variable.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

MODES = ("production", "demo", "test")
WORDS = {
    "1": True,
    "true": True,
    "yes": True,
    "on": True,
    "0": False,
    "false": False,
    "no": False,
    "off": False,
}
BASE_DIR = Path(__file__).resolve().parent.parent


def read_mode() -> str:
    """`production`, `demo` or `test`; production when `EIR_ENV` is not set."""
    mode = os.environ.get("EIR_ENV", "production")
    if mode not in MODES:
        raise ImproperlyConfigured(f"EIR_ENV is {mode!r}; it must be one of {', '.join(MODES)}.")
    return mode


MODE = read_mode()
IS_PRODUCTION = MODE == "production"


def text(name: str, default: str | None = None, *, embedded: str | None = None) -> str:
    """The variable's text. Without `default` it must be set in production; elsewhere `embedded` serves."""
    fallback = default if default is not None or IS_PRODUCTION else embedded
    value = os.environ.get(name, "").strip() or fallback
    if value is None:
        raise ImproperlyConfigured(f"{name} is not set. Production needs it: see docs/operators.md.")
    return value


def secret(name: str, *, embedded: str) -> str:
    """A secret of at least 40 characters in production."""
    value = text(name, embedded=embedded)
    if IS_PRODUCTION and len(value) < 40:
        raise ImproperlyConfigured(f"{name} is too short: use at least 40 random characters.")
    return value


def flag(name: str, default: bool) -> bool:
    """A yes/no variable."""
    value = os.environ.get(name, "").strip().lower()
    if not value:
        return default
    if value not in WORDS:
        raise ImproperlyConfigured(f"{name} is {value!r}; write true or false.")
    return WORDS[value]


def number(name: str, default: int, *, least: int = 0) -> int:
    """A whole number of at least `least`."""
    value = os.environ.get(name, "").strip() or str(default)
    if not value.isdigit() or int(value) < least:
        raise ImproperlyConfigured(f"{name} is {value!r}; it must be a whole number of at least {least}.")
    return int(value)


def names(name: str, *, embedded: str = "", default: str | None = None) -> list[str]:
    """A comma-separated list; at least one entry in production unless there is a default."""
    return [part.strip() for part in text(name, default, embedded=embedded).split(",") if part.strip()]


def web_address(name: str, *, embedded: str | None = None, default: str | None = None) -> str:
    """An absolute http(s) address without a trailing slash."""
    value = text(name, default, embedded=embedded).rstrip("/")
    parts = urlsplit(value)
    if parts.scheme not in {"http", "https"} or not parts.netloc:
        raise ImproperlyConfigured(f"{name} is {value!r}; it must be an address like https://example.org.")
    if IS_PRODUCTION and parts.scheme != "https":
        raise ImproperlyConfigured(f"{name} must start with https:// in production.")
    return value


def matching(
    name: str, pattern: str, hint: str, *, embedded: str | None = None, default: str | None = None
) -> str:
    """Text that matches `pattern` as a whole; `hint` says what it should look like."""
    value = text(name, default, embedded=embedded)
    if not re.fullmatch(pattern, value):
        raise ImproperlyConfigured(f"{name} does not look right: it should be {hint}.")
    return value
