"""Handing work to Celery without losing the request when the broker is away."""

import logging
import os
import threading
import time
from typing import Any

from celery import Task
from django.db import transaction
from kombu.exceptions import OperationalError

logger = logging.getLogger(__name__)

WAKE_PAUSE_SECONDS = 0.5
WAKE_EXPIRES_SECONDS = 30


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


def wake_on_commit(task: "Task[[], None]") -> None:
    """Have `task`, a sweep over rows that are due, run soon after the transaction has committed.

    Whoever calls does not wait for the broker: a thread of this process sends the message, at most one
    every `WAKE_PAUSE_SECONDS` however often it is asked, and always one after it was last asked. A message
    nobody took within `WAKE_EXPIRES_SECONDS` is dropped. What is lost, with the process or the broker,
    the scheduled run of the same task makes up for.

    Where tasks are run eagerly, it runs at once, but never within itself.
    """
    transaction.on_commit(_bell_of(task).ring)


class _Bell:
    """Wakes a worker for one task."""

    def __init__(self, task: "Task[[], None]") -> None:
        self._task = task
        self._rung = threading.Event()
        self._lock = threading.Lock()
        self._ringer: threading.Thread | None = None

    def ring(self) -> None:
        if self._task.app.conf.task_always_eager:
            self._run_here()
            return
        self._rung.set()
        with self._lock:
            if self._ringer is None:
                self._ringer = threading.Thread(
                    target=self._keep_sending, name=f"wakes {self._task.name}", daemon=True
                )
                self._ringer.start()

    def _keep_sending(self) -> None:
        while self._rung.wait():
            self._rung.clear()
            try:
                self._task.apply_async(expires=WAKE_EXPIRES_SECONDS)
            except Exception:  # whatever it is, the thread has to outlive it
                logger.exception("Could not queue %s; its schedule will start it.", self._task.name)
            time.sleep(WAKE_PAUSE_SECONDS)

    def _run_here(self) -> None:
        if self._lock.acquire(blocking=False):
            try:
                self._task.delay()
            finally:
                self._lock.release()


_bells: dict[str, _Bell] = {}
# A process made by fork has none of its parent's threads: it begins with bells of its own.
os.register_at_fork(after_in_child=_bells.clear)


def _bell_of(task: "Task[[], None]") -> _Bell:
    return _bells.get(task.name) or _bells.setdefault(task.name, _Bell(task))
