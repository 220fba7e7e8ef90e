"""Where things are kept: database, cache, uploaded and collected files.

PostgreSQL and Redis when `DATABASE_URL` and `REDIS_URL` say so (production
demands both); otherwise SQLite and a cache of files under `DATA_DIR`, which
several processes can share.
"""

from pathlib import Path
from typing import Any

import environ
from django.core.exceptions import ImproperlyConfigured

from eir.environment import BASE_DIR, IS_PRODUCTION, MODE, number, text

DATA_DIR = Path(text("DATA_DIR", str(BASE_DIR / "var"))).resolve()
MEDIA_ROOT = DATA_DIR / "media"
MEDIA_URL = "/media/"
STATIC_ROOT = DATA_DIR / "static"

SQLITE_PRAGMAS = "; ".join(
    f"PRAGMA {pragma}"
    for pragma in (
        "journal_mode=WAL",
        "synchronous=NORMAL",
        "foreign_keys=ON",
        "cache_size=-32000",
        "temp_store=MEMORY",
    )
)


def read_database() -> dict[str, Any]:
    """Django's settings for the database that `DATABASE_URL` names."""
    address = text("DATABASE_URL", embedded=f"sqlite:///{DATA_DIR / 'eir.sqlite3'}")
    try:
        database: dict[str, Any] = environ.Env.db_url_config(address)
    except (ValueError, ImproperlyConfigured) as error:
        raise ImproperlyConfigured(
            "DATABASE_URL is not an address like postgres://user:password@host/name."
        ) from error
    if database["ENGINE"] == "django.db.backends.sqlite3":
        database["OPTIONS"] = {"transaction_mode": "IMMEDIATE", "timeout": 20, "init_command": SQLITE_PRAGMAS}
        database["TEST"] = {"NAME": DATA_DIR / "test.sqlite3"}  # a file, as in use: memory has other locks
    elif database["ENGINE"] == "django.db.backends.postgresql":
        if MODE != "test":  # a pool outlives the test database and would keep it from being dropped
            pool = {"min_size": 1, "max_size": number("DATABASE_POOL", 8, least=1), "timeout": 10}
            database["OPTIONS"] = {**database.get("OPTIONS", {}), "pool": pool}
    else:
        raise ImproperlyConfigured("DATABASE_URL must start with postgres:// (or sqlite:// for a demo).")
    return database


DATABASES = {"default": read_database()}

REDIS_URL = text("REDIS_URL", None if IS_PRODUCTION else "")
if REDIS_URL and not REDIS_URL.startswith(("redis://", "rediss://", "unix://")):
    raise ImproperlyConfigured("REDIS_URL is not an address like redis://host:6379/0.")

CACHES: dict[str, dict[str, Any]] = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "eir",
    }
    if REDIS_URL
    else {
        "BACKEND": "django.core.cache.backends.filebased.FileBasedCache",
        "LOCATION": DATA_DIR / "cache",
        "OPTIONS": {"MAX_ENTRIES": 5000},
    }
}
SESSION_ENGINE = "django.contrib.sessions.backends.cached_db"

STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if MODE == "test"
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_KEEP_ONLY_HASHED_FILES = False
