"""The settings of the tests: those of the site in test mode, with data no other process shares.

pytest reads them before any conftest, so this is where the environment is set.
"""

import atexit
import os
import shutil
import tempfile
from urllib.parse import urlsplit, urlunsplit

os.environ["EIR_ENV"] = "test"

_folder = tempfile.mkdtemp(prefix="eir-test-")
atexit.register(shutil.rmtree, _folder, ignore_errors=True)
os.environ["DATA_DIR"] = _folder

# Each worker of pytest-xdist has a Redis database of its own, as it has a PostgreSQL one.
_worker = os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")
if os.environ.get("REDIS_URL"):
    _parts = urlsplit(os.environ["REDIS_URL"])
    os.environ["REDIS_URL"] = urlunsplit(_parts._replace(path=f"/{_worker}"))

from eir.settings import *  # noqa: E402, F403 (after the environment is set)
