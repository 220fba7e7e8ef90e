"""Where one demo lives: its ports, its folder, its environment, and whether it has been prepared."""

import contextlib
import fcntl
import hashlib
import socket
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PORTS = {"PORT": 8000, "STRIPE_PORT": 12111, "SMTP_PORT": 1025, "MAILBOX_PORT": 8025}
LOCK = "demo.lock"
STAMP = "demo.prepared"
# What the prepared state is made from: a change in any of these files means preparing again.
SOURCES = (
    "*/migrations/**/*.py",
    "*/management/**/*.py",
    "demo/**/*",
    "static/**/*",
    "requirements/demo.txt",
)


class Refused(Exception):
    """The demo cannot run like this; the message is one line that says what to do."""


@dataclass(frozen=True)
class Setup:
    """The ports and the folder of one demo."""

    port: int
    stripe_port: int
    smtp_port: int
    mailbox_port: int
    data_dir: Path
    webhook_secret: str = "whsec_demo_only"  # noqa: S105 (both ends of it are on this machine)

    @property
    def site_url(self) -> str:
        """The site's address. A name, since passkeys are bound to names and not to numbers."""
        return f"http://localhost:{self.port}"


def read_setup(environment: Mapping[str, str], *, checks_ports: bool = True) -> Setup:
    """The set-up the environment asks for. Raises Refused for a port that cannot be used."""
    ports = {name: read_port(name, environment.get(name) or str(default)) for name, default in PORTS.items()}
    if checks_ports:
        for name, port in ports.items():
            check_port(name, port, ports)
    data_dir = Path(environment.get("DATA_DIR") or ROOT / "var").resolve()
    return Setup(
        port=ports["PORT"],
        stripe_port=ports["STRIPE_PORT"],
        smtp_port=ports["SMTP_PORT"],
        mailbox_port=ports["MAILBOX_PORT"],
        data_dir=data_dir,
    )


def read_port(name: str, text: str) -> int:
    """A port number."""
    if not text.isdecimal() or not 0 < int(text) < 65536:
        raise Refused(f"{name} is {text}; it must be a port number, from 1 to 65535.")
    return int(text)


def check_port(name: str, port: int, ports: Mapping[str, int]) -> None:
    """Raises Refused unless this port can be listened on."""
    others = [other for other, taken in ports.items() if taken == port and other != name]
    if others:
        raise Refused(f"{name} and {others[0]} are both {port}. Give each a port of its own.")
    try:
        socket.create_server(("127.0.0.1", port)).close()
    except PermissionError:
        raise Refused(
            f"Port {port} may not be used by you. Run {name}=8001 make demo, for example."
        ) from None
    except OSError:
        free = next_free(port, ports)
        raise Refused(f"Port {port} is taken. Run {name}={free} make demo, or stop what uses it.") from None


def next_free(port: int, ports: Mapping[str, int]) -> int:
    """The next port that can be listened on and is not meant for another part."""
    for candidate in range(port + 1, 65536):
        with contextlib.suppress(OSError):
            socket.create_server(("127.0.0.1", candidate)).close()
            if candidate not in ports.values():
                return candidate
    return port


@contextlib.contextmanager
def locked(data_dir: Path) -> Iterator[None]:
    """Hold the folder for one demo. Raises Refused when it cannot be written or another demo holds it.

    A folder that has no lock yet and is not empty is somebody else's, unless it holds our database.
    """
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
        names = {path.name for path in data_dir.iterdir()}
        if names and not names & {LOCK, "eir.sqlite3", "broker"}:
            raise Refused(
                f"{data_dir} holds other things. Name an empty folder: DATA_DIR=demo-data make demo"
            )
        lock = (data_dir / LOCK).open("a")
    except OSError as error:
        raise Refused(
            f"{data_dir} cannot be written ({error.strerror}). Run DATA_DIR=folder make demo"
        ) from None
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise Refused(
                f"A demo is running in {data_dir}. Stop it, or run DATA_DIR=folder make demo"
            ) from None
        yield


def demo_environment(environment: Mapping[str, str], setup: Setup) -> dict[str, str]:
    """What the parts are told. A production database or broker named in the shell is left alone."""
    kept = {name: value for name, value in environment.items() if name not in {"DATABASE_URL", "REDIS_URL"}}
    return kept | {
        "EIR_ENV": "demo",
        "DJANGO_SETTINGS_MODULE": "eir.settings",
        "DATA_DIR": str(setup.data_dir),
        "PORT": str(setup.port),
        "SITE_URL": setup.site_url,
        "STRIPE_API_BASE": f"http://127.0.0.1:{setup.stripe_port}",
        "STRIPE_SECRET_KEY": "sk_test_demo",
        "STRIPE_WEBHOOK_SECRETS": setup.webhook_secret,
        "EMAIL_URL": f"smtp://127.0.0.1:{setup.smtp_port}",
        "MAILBOX_URL": f"http://127.0.0.1:{setup.mailbox_port}",
        "PYTHONUNBUFFERED": "1",
    }


def needs_preparing(setup: Setup) -> bool:
    """Whether the database is missing or older than the code it belongs to."""
    stamp = setup.data_dir / STAMP
    is_there = (setup.data_dir / "eir.sqlite3").exists() and (setup.data_dir / "sandbox.sqlite3").exists()
    return not (is_there and stamp.exists() and stamp.read_text() == fingerprint())


def remember_prepared(setup: Setup) -> None:
    """Note what the folder was prepared from."""
    (setup.data_dir / STAMP).write_text(fingerprint())


def fingerprint() -> str:
    """A digest of names, sizes and times of all that preparing reads."""
    digest = hashlib.sha256()
    for path in sorted({path for pattern in SOURCES for path in ROOT.glob(pattern)}):
        if path.is_file() and path.suffix != ".pyc":
            status = path.stat()
            digest.update(f"{path.relative_to(ROOT)} {status.st_size} {status.st_mtime_ns}\n".encode())
    return digest.hexdigest()
