"""Which addresses a text may hold, and what is taken off them."""

import re
from html import escape
from typing import Final
from urllib.parse import parse_qs, quote, urlsplit

import nh3

MEDIA_PATH: Final = "/media/"

_UNENCODED = re.compile(r"[\x00-\x20\x7f-\xa0<>\"`{}|^]")
_ALLOWED = re.compile(r"https?://[^/?#]+|mailto:[^/?#]+@|/(?!/)", re.IGNORECASE)
_TRACKING = re.compile(
    r"(utm_\w+|fbclid|gclid|gbraid|wbraid|dclid|msclkid|yclid|igshid|igsh|mc_cid|mc_eid|_hsenc|_hsmi|mkt_tok|vero_id"
    r"|oly_anon_id|oly_enc_id|twclid|ttclid|s_cid|wickedid)(=.*)?",
    re.IGNORECASE,
)
_GOOGLE_REDIRECT = re.compile(r"https?://www\.google\.[a-z.]+/url\?(?P<query>.+)", re.IGNORECASE)
_MEDIA_FILE = re.compile(re.escape(MEDIA_PATH) + r"(?!.*\.\.)[^\x00-\x20\\<>\"?#]+")


def clean_href(href: str) -> str:
    """The address to store, or nothing: absolute web addresses, mail addresses and paths of this site only.

    Tracking parameters are dropped, and the redirect Google Docs puts around links is undone.
    """
    href = re.sub(r"[\t\n\r]", "", href).strip(" \x00\x0b\x0c")
    if redirect := _GOOGLE_REDIRECT.fullmatch(href):
        href = parse_qs(redirect["query"]).get("q", [""])[0].strip()
    if href.startswith("//"):
        href = "https:" + href
    if "\\" in href or not _ALLOWED.match(href):
        return ""
    cleaned = _without_tracking(_UNENCODED.sub(lambda found: quote(found[0]), href))
    return cleaned if _is_readable(cleaned) else ""


def clean_media(src: str) -> str:
    """The path of a picture of ours, or nothing: pictures are never loaded from elsewhere."""
    return src if _MEDIA_FILE.fullmatch(src) else ""


def host_of(href: str) -> str:
    """The host as a reader would name it."""
    try:
        host = urlsplit(href).hostname or ""
    except ValueError:
        return ""
    return host.removeprefix("www.")


def is_web_address(href: str) -> bool:
    """An absolute http(s) address whose host can be named."""
    return href.lower().startswith(("http://", "https://")) and host_of(href) != ""


def _is_readable(href: str) -> bool:
    """Whether the sanitiser's own URL parser (the browsers' algorithm) takes the address."""
    return "href=" in nh3.clean(
        f'<a href="{escape(href)}">', tags={"a"}, attributes={"a": {"href"}}, link_rel=None
    )


def _without_tracking(href: str) -> str:
    address, hash_mark, fragment = href.partition("#")
    path, question_mark, query = address.partition("?")
    kept = "&".join(part for part in query.split("&") if not _TRACKING.fullmatch(part))
    return path + (question_mark + kept if kept else "") + (hash_mark + fragment if fragment else "")
