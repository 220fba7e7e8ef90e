"""Telling a person who comes to read from programs that only look ahead."""

import re

from django.conf import settings
from django.http import HttpRequest

LOOKING_AHEAD = ("Sec-Purpose", "Purpose", "X-Purpose", "X-Moz")
PROGRAMS = re.compile(
    r"(?<!cu)bot\b|crawl|spider|slurp|preview|externalhit|headless|\bscanner\b|monitor(ing)?\b|ia_archiver"
    r"|\b(curl|wget|python|java|okhttp|axios|node|go-http-client|apache-httpclient|libwww-perl|whatsapp)[-/]",
    re.IGNORECASE,
)
"""Cubot makes telephones."""


def is_arriving(request: HttpRequest) -> bool:
    """Whether the request is a page being opened, not prefetched, prerendered, embedded or scanned.

    By the Fetch Metadata headers where the browser sends them, the older marks of prefetching, and the name
    a program gives itself. A program that lies is taken for a reader: it has a meter of its own, no more.
    """
    headers = request.headers
    if request.method != "GET" or any(_is_ahead(headers.get(name, "")) for name in LOOKING_AHEAD):
        return False
    if headers.get("Sec-Fetch-Dest", "document") != "document":
        return False
    return not is_program(request)


def is_program(request: HttpRequest) -> bool:
    """Whether it says that it is a crawler, a scanner or a tool."""
    return bool(PROGRAMS.search(request.headers.get("User-Agent", "")))


def is_from_here(request: HttpRequest) -> bool:
    """Whether a form was sent from a page of this site, told without a token (and so without a cookie).

    Browsers say so in Sec-Fetch-Site, older ones in Origin; a page elsewhere can forge neither.
    """
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site == "same-origin"
    origin = request.headers.get("Origin")
    return origin is None or origin in {settings.SITE_URL, f"{request.scheme}://{request.get_host()}"}


def _is_ahead(value: str) -> bool:
    return any(word in value.lower() for word in ("prefetch", "prerender", "preview"))
