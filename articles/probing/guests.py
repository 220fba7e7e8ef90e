"""As whom the site is looked at."""

from collections.abc import Callable
from dataclasses import dataclass

from articles.paywall import VISITOR, Reader

BROWSER = "Mozilla/5.0 (leak probe)"
GOOGLEBOT = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"


API = "/api/"


def nothing() -> dict[str, str]:
    return {}


@dataclass(frozen=True)
class Guest:
    """A kind of reader: what it is entitled to, by the paywall, and how its requests say who asks."""

    name: str
    entitled: Reader
    cookies: Callable[[], dict[str, str]] = nothing
    key: Callable[[], dict[str, str]] = nothing
    """The headers that ask the API."""
    agent: str = BROWSER

    def headers(self, address: str) -> dict[str, str]:
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies().items())
        key = self.key() if address.startswith(API) else {}
        return {"User-Agent": self.agent, **({"Cookie": cookies} if cookies else {}), **key}


VISITING = Guest("visitor", VISITOR)
CRAWLING = Guest("crawler", VISITOR, agent=GOOGLEBOT)
