"""The Celery application: `celery -A eir worker` and `celery -A eir beat`."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "eir.settings")

app = Celery("eir")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
