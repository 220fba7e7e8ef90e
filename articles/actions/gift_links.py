"""Giving a story away: so many a month, by those who subscribe."""

from datetime import datetime, time, timedelta
from secrets import token_urlsafe

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils.timezone import make_aware

from accounts.models import AuditEntry, User
from articles.models import Article, GiftLink, month_of
from articles.openings import gives_away
from subscriptions.queries import grants_of


class CannotGive(Exception):
    """The story is not this reader's to give; the message says why."""


@transaction.atomic
def give_story(*, article: Article, by: User, at: datetime) -> GiftLink:
    """A link that opens `article` to whoever has it; the one that is still open, if there is one.

    Raises `CannotGive`: no right of one's own to read it, or all of the month's given away.
    """
    User.objects.select_for_update(no_key=True).get(pk=by.pk)
    if not gives_away(grants_of(by, at=at)):
        raise CannotGive("Giving stories away is for subscribers.")
    mine = GiftLink.objects.filter(user=by)
    if living := mine.filter(article=article).open(at=at).first():
        return living
    if not gift_links_left(by, at=at):
        raise CannotGive("You have given away all stories of this month. New ones come with the next month.")
    return GiftLink.objects.create(
        user=by,
        article=article,
        token=token_urlsafe(24),
        created_at=at,
        expires_at=at + timedelta(days=settings.GIFT_LINK_DAYS),
    )


@transaction.atomic
def end_gift_link(*, link: GiftLink, by: User, at: datetime) -> None:
    """Let `link` open nothing from now on. Ending one that has ended changes nothing.

    It counts among the stories given away this month all the same. Raises `CannotGive`: it is another's.
    """
    if link.user_id != by.pk:
        raise CannotGive("Only whoever gave a story away can end its link.")
    if GiftLink.objects.open(at=at).filter(pk=link.pk).update(expires_at=at):
        AuditEntry.record("end gift link", link, by=by, at=at)
    link.refresh_from_db(fields=["expires_at"])


def gift_links_left(user: User, *, at: datetime) -> int:
    """How many more stories a subscriber may give away this month."""
    begun_at = make_aware(datetime.combine(month_of(at), time.min))
    given = GiftLink.objects.filter(user=user, created_at__gte=begun_at).count()
    return max(0, settings.GIFT_LINKS_PER_MONTH - given)


def count_reading(*, link: GiftLink) -> None:
    """The story was read by this link once more."""
    GiftLink.objects.filter(pk=link.pk).update(reads=F("reads") + 1)
