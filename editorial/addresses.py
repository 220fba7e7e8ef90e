"""The addresses a text links to: ours, those of other sites, and what of them is asked for."""

import re
from collections.abc import Iterator
from html import unescape
from urllib.parse import urldefrag, urlsplit

from django.conf import settings

from articles.markup.links import is_web_address

LONGEST = 500
"""In characters, as `CheckedLink.url` holds."""

_HREF = re.compile(r'<a href="([^"]+)"')


def linked_in(body: str) -> Iterator[str]:
    """The addresses in a stored text, whose links are all written alike (`articles.markup.write`)."""
    return map(unescape, _HREF.findall(body))


def own_path(href: str) -> str | None:
    """The path, without query and fragment, if the address is one of this site; otherwise nothing."""
    if href.startswith("/"):
        return urlsplit(href).path
    parts, ours = urlsplit(href), urlsplit(settings.SITE_URL)
    is_ours = parts.scheme in ("http", "https") and parts.netloc.lower() == ours.netloc.lower()
    return (parts.path or "/") if is_ours else None


def address_elsewhere(href: str) -> str | None:
    """What is asked of another site, without the fragment; nothing for our own and for mail addresses."""
    address = urldefrag(href).url
    if not is_web_address(address) or len(address) > LONGEST or own_path(address) is not None:
        return None
    return address
