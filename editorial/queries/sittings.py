"""Who has a story open, and what they typed and never saved."""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet

from accounts.models import User
from articles.models import Article, Author, Picture, Topic
from editorial.content import Content, head_content
from editorial.models import Revision, Sitting
from editorial.numbers import whole_number
from editorial.typed import Typed, changed_from, is_news, typed_of

PRESENT = timedelta(seconds=45)
"""Three of the browser's heartbeats."""

TYPING = timedelta(seconds=15)
NAMED: dict[str, Any] = {"topics": Topic, "byline": Author, "lead_picture": Picture}
"""Fields whose rows a browser knows by number only."""


def others_at(article: Article, user: User, *, at: datetime) -> list[Sitting]:
    """The colleagues who have the story open now, each once, by when they opened it."""
    seen = article.sittings.filter(seen_at__gte=at - PRESENT).exclude(user=user).select_related("user")
    latest: dict[int, Sitting] = {}
    for sitting in seen.order_by("-opened_at", "pk"):
        latest[sitting.user_id] = sitting
    return sorted(latest.values(), key=lambda sitting: sitting.opened_at)


def is_typing(sitting: Sitting, *, at: datetime) -> bool:
    return sitting.typed_at is not None and sitting.typed_at >= at - TYPING


def unsaved_by(article: Article, user: User) -> QuerySet[Sitting]:
    """The shadow drafts of this person, the last typed first."""
    return article.sittings.filter(user=user, content__isnull=False).order_by("-typed_at", "-pk")


def never_saved(article: Article, user: User) -> list[Sitting]:
    """Those of them that hold anything new."""
    unsaved = unsaved_by(article, user)
    return [each for each in unsaved if not is_saved(article, user, each.base, each.content or {})]


def is_saved(article: Article, user: User, base: int, typed: Typed) -> bool:
    """Whether the latest text, or one this person saved since, has all that was changed from `base`."""
    known = article.revisions.filter(Q(number=base) | Q(by=user, number__gt=base)).order_by("number")
    saved = [typed_of(Content.from_json(revision.content)) for revision in known]
    if known and known[0].number == base:
        typed = changed_from(typed, saved[0])
    return any(not is_news(typed, text) for text in (typed_of(head_content(article)), *saved))


def base_of(article: Article, user: User, *, tab: str, base: int) -> int:
    """The revision a form was really made on: the tab's own last save, if that is later."""
    saved = article.sittings.filter(user=user, tab=tab, base__gt=base) if tab else Sitting.objects.none()
    return max([base, *saved.values_list("base", flat=True)])


def saved_since(article: Article, base: int) -> Revision | None:
    """The latest revision, unless `base` is it."""
    return article.revisions.filter(number=article.version, number__gt=base).first()


def names_in(typed: Typed) -> dict[str, dict[str, str]]:
    """What people call the rows that are named by their keys, for each field that does."""
    return {field: _names(model, typed.get(field, [])) for field, model in NAMED.items()}


def _names(model: Any, keys: list[str]) -> dict[str, str]:
    numbers = [key for key in keys if whole_number(key)]
    return {str(row.pk): str(row) for row in model.objects.filter(pk__in=numbers)} if numbers else {}
