"""Wiring only: settings, addresses, Celery and WSGI. Imports the apps, is imported by none."""

from eir.celery import app as celery_app

__all__ = ["celery_app"]
