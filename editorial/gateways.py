"""Asking other sites whether an address of theirs still answers, without being led into our own network.

A writer chooses the address, so the request could be turned against us (OWASP, "Server-Side Request
Forgery"): a name is looked up once, every one of its addresses must be public, and the connection goes to the
very address that was looked at, at each redirect anew.
"""

import socket
from dataclasses import dataclass
from enum import Enum
from http import HTTPStatus
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import Final
from urllib.parse import SplitResult, urljoin, urlsplit

import urllib3
from django.conf import settings
from urllib3.exceptions import HTTPError, NewConnectionError, SSLError
from urllib3.exceptions import TimeoutError as TookTooLong

TIMEOUT_SECONDS: Final = 10
MOST_REDIRECTS: Final = 5
PORTS: Final = {"http": 80, "https": 443}
REDIRECTS: Final = (301, 302, 303, 307, 308)
GONE: Final = (HTTPStatus.NOT_FOUND, HTTPStatus.GONE)
NAT64: Final = IPv6Network("64:ff9b::/96")


class Verdict(Enum):
    """GONE is the other side's own word; FAILING may be over tomorrow."""

    ALIVE = "alive"
    GONE = "gone"
    FAILING = "failing"


@dataclass(frozen=True)
class Answer:
    """`detail` goes on after the address: “answers 404: not found”."""

    verdict: Verdict
    detail: str = ""


class Unreachable(Exception):
    """Nothing was asked, or nobody answered."""

    def __init__(self, detail: str, verdict: Verdict = Verdict.FAILING) -> None:
        super().__init__(detail)
        self.answer = Answer(verdict, detail)


def probe(address: str) -> Answer:
    """What is at a web address, by HEAD and, where that is refused, by GET; its text is never read.

    Follows up to `MOST_REDIRECTS`, and waits for nobody longer than `TIMEOUT_SECONDS`. A site that wants a
    password or refuses robots is alive.
    """
    try:
        for _ in range(MOST_REDIRECTS + 1):
            status, onward = _ask(address)
            if not onward:
                return _answer(status)
            address = urljoin(address, onward)
    except Unreachable as failure:
        return failure.answer
    return Answer(Verdict.FAILING, f"redirects more than {MOST_REDIRECTS} times")


def is_public(host: str) -> bool:
    """Whether a numeric address is one of the public internet, and so is one inside an IPv6 address."""
    address = ip_address(host.partition("%")[0])
    if isinstance(address, IPv6Address):
        inner = _address_inside(address)
        if inner is not None:
            return is_public(str(inner))
        if address.is_site_local:
            return False
    return address.is_global and not address.is_multicast


def _address_inside(address: IPv6Address) -> IPv4Address | None:
    """The IPv4 address that an IPv6 one stands for: mapped, compatible, 6to4, Teredo, NAT64 (RFC 6052)."""
    if address.teredo:
        return address.teredo[1]
    if address in NAT64 or int(address) >> 32 == 0:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour


def _ask(address: str) -> tuple[int, str]:
    """The status at this address, and where it leads on, if it does."""
    parts, host, port = _read(address)
    number = _look_up(host, port)
    status, onward = _request("HEAD", parts, host, port, number)
    if status >= 400:
        status, onward = _request("GET", parts, host, port, number)
    return status, onward if status in REDIRECTS else ""


def _read(address: str) -> tuple[SplitResult, str, int]:
    try:
        parts = urlsplit(address)
        host = (parts.hostname or "").encode("idna").decode("ascii")
        port = parts.port or PORTS[parts.scheme]
    except (ValueError, KeyError):
        raise Unreachable("is no web address", Verdict.GONE) from None
    if not host:
        raise Unreachable("is no web address", Verdict.GONE)
    return parts, host, port


def _look_up(host: str, port: int) -> str:
    """The number behind a name. Raises `Unreachable` if there is none, or one that is not public."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise Unreachable("cannot be found under this name") from None
    numbers = [str(entry[4][0]) for entry in found]
    if not numbers or not (settings.LINK_CHECK_PRIVATE or all(map(is_public, numbers))):
        raise Unreachable("leads into a private network, where readers cannot follow", Verdict.GONE)
    return numbers[0]


def _request(method: str, parts: SplitResult, host: str, port: int, number: str) -> tuple[int, str]:
    """Ask the machine at `number`, under the name `host`: in the certificate too."""
    wait = urllib3.Timeout(connect=TIMEOUT_SECONDS, read=TIMEOUT_SECONDS)
    pool: urllib3.HTTPConnectionPool
    if parts.scheme == "https":
        pool = urllib3.HTTPSConnectionPool(
            number, port, timeout=wait, server_hostname=host, assert_hostname=host, cert_reqs="CERT_REQUIRED"
        )
    else:
        pool = urllib3.HTTPConnectionPool(number, port, timeout=wait)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    named = f"[{host}]" if ":" in host else host
    headers = {
        "Host": named if port == PORTS[parts.scheme] else f"{named}:{port}",
        "User-Agent": _own_name(),
        "Accept": "*/*",
    }
    try:
        response = pool.urlopen(
            method, path, headers=headers, redirect=False, retries=False, preload_content=False
        )
        response.close()
    except (HTTPError, OSError, ValueError) as failure:
        raise Unreachable(_in_words(failure)) from None
    finally:
        pool.close()
    return response.status, response.headers.get("Location", "")


def _own_name() -> str:
    """Who asks, and where to complain; header values are ASCII (RFC 9110)."""
    name = settings.PUBLICATION["name"].encode("ascii", "ignore").decode()
    return f"{name} link check (+{settings.SITE_URL})"


def _answer(status: int) -> Answer:
    phrase = next((each.phrase.lower() for each in HTTPStatus if each == status), "")
    detail = f"answers {status}" + (f": {phrase}" if phrase else "")
    if status in GONE:
        return Answer(Verdict.GONE, detail)
    return Answer(Verdict.FAILING, detail) if status >= 500 else Answer(Verdict.ALIVE)


def _in_words(failure: Exception) -> str:
    match failure:
        case SSLError():
            return "shows no valid certificate"
        case NewConnectionError():
            return "refuses the connection"
        case TookTooLong():
            return f"does not answer within {TIMEOUT_SECONDS} seconds"
        case _:
            return "breaks the connection off"
