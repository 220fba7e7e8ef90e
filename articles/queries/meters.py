"""What a meter says."""

from datetime import datetime

from django.conf import settings
from django.db.models import FilteredRelation, Q

from accounts.models import User
from articles.models import Meter, month_of
from articles.paywall import MeterFact


def limit_of(*, is_signed_in: bool) -> int:
    """How many gated stories a month a reader without rights may open."""
    return settings.METER_REGISTERED if is_signed_in else settings.METER_VISITOR


def fresh_meter(*, is_signed_in: bool) -> MeterFact:
    """The meter of someone who has opened nothing yet."""
    limit = limit_of(is_signed_in=is_signed_in)
    more = 0 if is_signed_in else max(0, limit_of(is_signed_in=True) - limit)
    return MeterFact(limit, more_with_account=more)


def meter_of(owner: User | str, *, at: datetime) -> MeterFact:
    """The meter of an account, or of the browser with this key, in the month of `at`: one query."""
    mine = Q(user=owner) if isinstance(owner, User) else Q(key=owner)
    this_month = FilteredRelation("reads", condition=Q(reads__month=month_of(at)))
    meters = Meter.objects.filter(mine).alias(month=this_month).order_by("month__at", "month__pk")
    rows = list(meters.values_list("allowance", "month__article_id"))
    fresh = fresh_meter(is_signed_in=isinstance(owner, User))
    if not rows:
        return fresh
    allowance = rows[0][0]
    limit = fresh.limit if allowance is None else allowance
    opened = [story for _, story in rows if story is not None]
    return MeterFact(limit, frozenset(opened), fresh.more_with_account, last=opened[-1] if opened else 0)
