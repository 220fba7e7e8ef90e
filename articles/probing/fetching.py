"""Getting a page: within this process, or over HTTP, so that caches and proxies are tried as well."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

import urllib3
from django.conf import settings
from django.test import Client

TEXT = ("text/", "json", "xml", "javascript", "markdown", "x-www-form-urlencoded")
SECONDS = 30


class CannotFetch(Exception):
    """No answer came; the message says why."""


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    content: bytes

    @property
    def is_text(self) -> bool:
        """Whether people or programs read it as text; what says nothing of itself counts as such."""
        kind = self.headers.get("Content-Type", "text/").lower()
        return any(mark in kind for mark in TEXT)

    @property
    def is_kept_nowhere(self) -> bool:
        said = {part.strip().lower() for part in self.headers.get("Cache-Control", "").split(",")}
        return {"private", "no-store"} <= said and "public" not in said

    @property
    def words(self) -> str:
        """Headers and text, one after the other."""
        head = "\n".join(f"{name}: {value}" for name, value in self.headers.items())
        return f"{head}\n{self.content.decode(errors='replace') if self.is_text else ''}"


Fetch = Callable[[str, Mapping[str, str]], Answer]
"""Takes a path with its query, and headers. Follows no redirect. Raises `CannotFetch`."""


def within_process() -> Fetch:
    """Through Django's own handler, with all middleware and no network."""
    site = urlsplit(settings.SITE_URL)
    client = Client(raise_request_exception=False, headers={"Host": site.netloc})

    def fetch(address: str, headers: Mapping[str, str]) -> Answer:
        client.cookies.clear()
        response = client.get(address, headers=headers, secure=site.scheme == "https")
        return Answer(response.status_code, response.headers, response.getvalue())

    return fetch


def over_http(site: str) -> Fetch:
    """From the site at this address, beginning with http:// or https://."""
    pool = urllib3.PoolManager(timeout=SECONDS, retries=urllib3.Retry(2, redirect=False, status=0))

    def fetch(address: str, headers: Mapping[str, str]) -> Answer:
        try:
            response = pool.request("GET", site.rstrip("/") + address, headers=headers, redirect=False)
        except urllib3.exceptions.HTTPError as error:
            raise CannotFetch(str(error)) from error
        return Answer(response.status, response.headers, response.data)

    return fetch
