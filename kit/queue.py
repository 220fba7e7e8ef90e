"""Handing work to Celery without losing the request when the broker is away."""

import logging
from typing import Any

from celery import Task
from django.db import transaction
from kombu.exceptions import OperationalError

logger = logging.getLogger(__name__)


def enqueue_on_commit(task: "Task[..., Any]", *args: Any) -> None:
    """Queue `task` once the transaction has committed.

    The row that says the work is due is written in the same transaction, and a beat sweep finds what
    was not queued: a broker that does not answer costs a delay, not the work.
    """

    def send() -> None:
        try:
            task.delay(*args)
        except (OperationalError, OSError):
            logger.exception("Could not queue %s%r; the sweep will find it.", task.name, args)

    transaction.on_commit(send)
