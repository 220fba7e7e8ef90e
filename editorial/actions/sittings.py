"""Shadow drafts: what is typed and not saved yet, kept for the one person who typed it.

None of this makes a revision, a row of the audit trail, or moves the time of the story's last change.
"""

import secrets
from datetime import datetime, timedelta

from django.db import transaction

from accounts.models import User
from articles.models import Article
from editorial.models import Sitting
from editorial.queries.sittings import is_saved
from editorial.typed import Typed

PRESENCE_KEPT = timedelta(days=1)
UNSAVED_KEPT = timedelta(days=30)


def keep_sitting(
    *, article: Article, user: User, tab: str, base: int, content: Typed | None, at: datetime
) -> Sitting | None:
    """Note that a person has the story open; with `content`, keep that as what they have not saved.

    `content` None: nothing new was typed. Empty: nothing is unsaved any more. Returns the shadow draft if one
    was kept. What the tab typed before its own latest save, or was saved since, is not kept again.
    """
    if content is None:
        _note_presence(article, user, tab, base, at)
        return None
    if content and base < article.version and is_saved(article, user, base, content):
        content = {}
    return _keep(article, user, tab, base, content, at)


def keep_refused(
    *, article: Article, user: User, tab: str, base: int, content: Typed, at: datetime
) -> Sitting:
    """Keep a text that could not be saved (rule W4), whatever the tab did before.

    A browser without scripts has no tab: each of its texts gets a row of its own.
    """
    key = {"article": article, "user": user, "tab": tab or f"refused-{secrets.token_hex(8)}"}
    times = {"seen_at": at, "typed_at": at}
    sitting, _ = Sitting.objects.update_or_create(
        **key,
        defaults={"base": base, "content": content, **times},
        create_defaults={"base": base, "content": content, "opened_at": at, **times},
    )
    return sitting


def settle_sitting(*, article: Article, user: User, tab: str, at: datetime) -> None:
    """The tab's text was saved: nothing in it is unsaved, and what still arrives of it is older.

    Its base becomes the new revision, so that the same form sent again is no conflict with itself.
    """
    if tab:
        now = {"base": article.version, "content": None, "typed_at": None, "seen_at": at}
        Sitting.objects.update_or_create(
            article=article, user=user, tab=tab, defaults=now, create_defaults={**now, "opened_at": at}
        )


def forget_sitting(*, article: Article, user: User, tab: str) -> None:
    """The tab is closed and nothing in it is unsaved."""
    Sitting.objects.filter(article=article, user=user, tab=tab, content__isnull=True).delete()


def discard_sitting(*, sitting: Sitting) -> None:
    """Throw a shadow draft away, because its person said so or has saved it."""
    sitting.delete()


def forget_sittings(*, at: datetime) -> int:
    """Clear away presence after a day and unsaved text after thirty; returns how many rows went."""
    old = Sitting.objects.filter(content__isnull=True, seen_at__lt=at - PRESENCE_KEPT)
    stale = Sitting.objects.filter(content__isnull=False, seen_at__lt=at - UNSAVED_KEPT)
    return old.delete()[0] + stale.delete()[0]


def _note_presence(article: Article, user: User, tab: str, base: int, at: datetime) -> None:
    tabs = Sitting.objects.filter(article=article, user=user, tab=tab)
    if not tabs.update(seen_at=at):
        Sitting.objects.get_or_create(
            article=article,
            user=user,
            tab=tab,
            defaults={"base": base, "opened_at": at, "seen_at": at},
        )


@transaction.atomic
def _keep(article: Article, user: User, tab: str, base: int, content: Typed, at: datetime) -> Sitting | None:
    sitting, _ = Sitting.objects.select_for_update().get_or_create(
        article=article,
        user=user,
        tab=tab,
        defaults={"base": base, "opened_at": at, "seen_at": at},
    )
    sitting.seen_at = at
    if base >= sitting.base:
        sitting.base, sitting.content = base, content or None
        sitting.typed_at = at if content else None
    sitting.save()
    return sitting if sitting.content else None
