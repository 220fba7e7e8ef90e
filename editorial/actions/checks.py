"""Setting how strict the preflight is."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from accounts.models import AuditEntry, User
from editorial.models import CheckRule
from editorial.preflight import levels as levels_now


class UnknownCheck(Exception):
    """There is no such check, or no such level."""


@transaction.atomic
def set_check_levels(*, levels: Mapping[str, str], by: User | None, at: datetime) -> list[CheckRule]:
    """Store the levels that differ from those that hold, by the checks' names; returns the changed rows.

    It holds from the next preflight on: a story that waits for its moment is not asked again.
    Raises `UnknownCheck`, and then stores nothing.
    """
    before, changed = levels_now(), []
    for name, level in levels.items():
        if name not in before or level not in CheckRule.Level.values:
            raise UnknownCheck(f"There is no check “{name}” with the level “{level}”.")
        if level == before[name]:
            continue
        rule, _ = CheckRule.objects.update_or_create(check_name=name, defaults={"level": level})
        AuditEntry.record("set check", rule, by=by, at=at, from_state=before[name], to_state=level)
        changed.append(rule)
    return changed
