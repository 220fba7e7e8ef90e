"""Opening gated stories with the meter: so many a month, none twice, none beyond."""

from datetime import datetime, timedelta
from secrets import token_urlsafe

from django.core.exceptions import PermissionDenied
from django.db import transaction

from accounts.models import AuditEntry, User
from articles.models import Article, Meter, MeterRead, month_of
from articles.queries import meter_of

MAY_SET_ALLOWANCE = "articles.change_meter"


class MeterIsEmpty(Exception):
    """Every free story of this month has been opened."""


def start_meter(*, at: datetime) -> Meter:
    """A new meter for a browser, which is to keep its key in a signed cookie."""
    return Meter.objects.create(key=token_urlsafe(32), created_at=at)


@transaction.atomic
def open_story(*, article: Article, owner: User | str, at: datetime) -> None:
    """Count `article` as opened this month by an account, or by the browser whose meter has this key.

    A story that was opened this month before costs nothing. Requests at the same moment wait for each other
    here, so that no two of them take the last story. Raises `MeterIsEmpty`.
    """
    meter = _locked(owner, at=at)
    month = month_of(at)
    if meter.reads.filter(article=article, month=month).exists():
        return
    if not meter_of(owner, at=at).left:
        raise MeterIsEmpty
    MeterRead.objects.create(meter=meter, article=article, month=month, at=at)


@transaction.atomic
def merge_meter(*, key: str, user: User, at: datetime) -> None:
    """Bring what a browser opened this month to the account that signed in with it.

    The browser's meter stays as it is: signing out again makes none of it unread.
    """
    brought = list(MeterRead.objects.filter(meter__key=key).in_month_of(at))
    if not brought:
        return
    meter = _locked(user, at=at)
    rows = (MeterRead(meter=meter, article_id=row.article_id, month=row.month, at=row.at) for row in brought)
    MeterRead.objects.bulk_create(rows, ignore_conflicts=True)


@transaction.atomic
def set_allowance(*, user: User, allowance: int | None, by: User, reason: str, at: datetime) -> None:
    """Let an account open so many subscribers' stories a month; None: as many as everyone.

    Raises `PermissionDenied` for whoever may not, and leaves an audit row about the account.
    """
    if not by.has_perm(MAY_SET_ALLOWANCE):
        raise PermissionDenied
    meter = _locked(user, at=at)
    before, meter.allowance = meter.allowance, allowance
    meter.save(update_fields=["allowance"])
    words = {"from_state": _in_words(before), "to_state": _in_words(allowance), "reason": reason}
    AuditEntry.record("set allowance", user, by=by, at=at, **words)


def _in_words(allowance: int | None) -> str:
    return "as for everyone" if allowance is None else f"{allowance} a month"


def forget_meters(*, at: datetime) -> int:
    """Drop what was opened before the month of `at`, and visitors' meters that nothing is left in.

    Returns how many rows are gone. A meter younger than two days stays: its first story may be opened yet.
    """
    gone, _ = MeterRead.objects.filter(month__lt=month_of(at)).delete()
    idle = Meter.objects.filter(user=None, reads=None, created_at__lt=at - timedelta(days=2))
    return gone + idle.delete()[0]


def _locked(owner: User | str, *, at: datetime) -> Meter:
    """The owner's meter, made anew where it was forgotten: a key proves itself by its signature."""
    whose = {"user": owner} if isinstance(owner, User) else {"key": owner}
    Meter.objects.get_or_create(defaults={"created_at": at}, **whose)
    return Meter.objects.select_for_update().get(**whose)
