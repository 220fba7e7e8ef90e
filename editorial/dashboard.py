"""The front page of the admin: what waits, for whom, and what went out."""

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse

from accounts.models import User
from articles.models import Article, State
from editorial.queries import visible_to_staff

SHOWN = 6


@dataclass(frozen=True)
class Pile:
    """Stories in one state: the first few, how many there are, and where to see them all."""

    title: str
    empty: str
    stories: list[Article]
    count: int
    url: str


def add_desk(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """Give the admin's front page the piles of stories that this person may see."""
    if isinstance(request.user, User) and request.user.has_perm("articles.view_article"):
        context["piles"] = _piles(request.user)
    return context


def _piles(user: User) -> list[Pile]:
    stories = visible_to_staff(user).select_related("section").defer("body")
    return [
        _pile("Drafts", "Nobody is writing just now.", stories, State.DRAFT, "-changed_at"),
        _pile("Waiting for review", "Nothing waits for review.", stories, State.IN_REVIEW, "changed_at"),
        _pile("Approved", "Nothing waits for publication.", stories, State.APPROVED, "changed_at"),
        _pile("Scheduled", "Nothing is scheduled.", stories, State.SCHEDULED, "published_at"),
        _pile("Published", "Nothing has been published yet.", stories, State.PUBLISHED, "-published_at"),
    ]


def _pile(title: str, empty: str, stories: QuerySet[Article], state: State, order: str) -> Pile:
    inside = stories.filter(state=state).order_by(order)
    url = reverse("admin:articles_article_changelist") + f"?state__exact={state.value}"
    return Pile(title, empty, list(inside[:SHOWN]), inside.count(), url)
