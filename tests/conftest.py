"""What every test stands on: a shut network, and the sandbox for those who talk to the outside world."""

import os
import socket
from collections.abc import Iterator
from typing import Any

import hypothesis
import pytest
from django.core.cache import cache

from sandbox.running import Sandbox, running_sandbox

# A busy machine is no failure: tests assert no times. The shared run tries the same examples every time,
# so that it fails for what was changed; whoever works on the code tries others with each run.
hypothesis.settings.register_profile("eir", deadline=None, derandomize=bool(os.environ.get("CI")))
hypothesis.settings.load_profile("eir")

LOOPBACK = ("127.", "::1", "localhost", "0.0.0.0")


class NetworkForbidden(RuntimeError):
    """A test tried to reach another machine."""


def refuse_strangers(host: object) -> None:
    """Raises NetworkForbidden unless this is an address of this machine."""
    name = host.decode() if isinstance(host, bytes) else str(host or "localhost")
    if not name.startswith(LOOPBACK):
        raise NetworkForbidden(f"Tests do not talk to other machines: {name}")


@pytest.fixture(scope="session", autouse=True)
def shut_network() -> Iterator[None]:
    """Connections and look-ups reach this machine only; Unix sockets stay open."""
    connect, look_up = socket.socket.connect, socket.getaddrinfo

    def guarded_connect(self: socket.socket, address: Any) -> None:
        if self.family != socket.AF_UNIX:
            refuse_strangers(address[0])
        connect(self, address)

    def guarded_look_up(host: Any, *args: Any, **options: Any) -> Any:
        refuse_strangers(host)
        return look_up(host, *args, **options)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", guarded_connect)
        patch.setattr(socket, "getaddrinfo", guarded_look_up)
        yield


@pytest.fixture(autouse=True)
def forget_rules() -> None:
    """Rules of access are kept between requests: each test begins with none, and with that known."""
    cache.set("articles.access-rules", ())


@pytest.fixture(scope="session")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """A running sandbox: Stripe over HTTP and a mailbox. One for each process of the test run."""
    with running_sandbox(state=tmp_path_factory.mktemp("sandbox") / "state.sqlite3") as running:
        yield running


@pytest.fixture
def outside_world(sandbox: Sandbox, settings: Any) -> Sandbox:
    """The site's settings point to the sandbox: payments and mail go there over real connections."""
    settings.STRIPE_API_BASE = sandbox.stripe_url
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", sandbox.smtp_port
    return sandbox
