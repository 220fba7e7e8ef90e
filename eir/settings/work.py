"""Celery: broker and schedule. Redis when there is one, otherwise a folder that the processes share."""

from pathlib import Path
from typing import Any

from eir.environment import MODE
from eir.settings.publication import TIME_ZONE
from eir.settings.storage import DATA_DIR, REDIS_URL

CELERY_TIMEZONE = TIME_ZONE
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_TIME_LIMIT = 30 * 60
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BEAT_SCHEDULER = "django_celery_beat.schedulers:DatabaseScheduler"
CELERY_TASK_ALWAYS_EAGER = MODE == "test"
CELERY_TASK_EAGER_PROPAGATES = True

BROKER_FOLDER: Path = DATA_DIR / "broker"
CELERY_BROKER_URL = REDIS_URL or "filesystem://localhost"
CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, Any] = (
    {}
    if REDIS_URL
    else {
        "data_folder_in": str(BROKER_FOLDER / "queue"),
        "data_folder_out": str(BROKER_FOLDER / "queue"),
        "control_folder": str(BROKER_FOLDER / "control"),
    }
)
if not REDIS_URL:
    (BROKER_FOLDER / "queue").mkdir(parents=True, exist_ok=True)
