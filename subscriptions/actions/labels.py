"""Handing out the postal addresses of printed copies."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from django.db import transaction

from accounts.models import AuditEntry, User
from subscriptions.labels import label_rows


@transaction.atomic
def hand_out_labels(*, by: User, at: datetime) -> Iterator[Sequence[object]]:
    """The addresses of everyone a printed copy is due to at `at`, as rows; who took them is noted."""
    AuditEntry.record("hand out print addresses", by, by=by, at=at)
    return label_rows(at=at)
