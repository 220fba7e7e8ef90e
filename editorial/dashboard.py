"""My desk, the front page of the admin: what waits, for whom, and what went out."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from articles.models import Article
from editorial.queries import PILES, planned, visible_to_staff

SHOWN = 6


@dataclass(frozen=True)
class ShownPile:
    """The first few stories of a pile, how many there are, and where to see them all."""

    name: str
    title: str
    empty: str
    stories: list[Article]
    count: int
    url: str

    @property
    def more(self) -> int:
        return self.count - len(self.stories)


def add_desk(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """Give the admin's front page the piles of stories that this person may see."""
    if isinstance(request.user, User) and request.user.has_perm("articles.view_article"):
        context |= {"title": "My desk", "piles": piles_of(request.user, at=timezone.now())}
    return context


def piles_of(user: User, *, at: datetime) -> list[ShownPile]:
    """The piles this person's role has to do with, and others in which something of theirs lies."""
    stories = visible_to_staff(user)
    found = [show_pile(name, stories, user, at=at) for name in PILES]
    return [pile for pile in found if pile.count or user.has_perm(PILES[pile.name].permission)]


def show_pile(name: str, stories: QuerySet[Article], user: User, *, at: datetime) -> ShownPile:
    pile = PILES[name]
    inside = pile.choose(stories, user, at)
    shown = planned(inside.order_by(*pile.order), at=at)[:SHOWN]
    url = f"{reverse('admin:articles_article_changelist')}?pile={name}"
    return ShownPile(name, pile.title, pile.empty, list(shown), inside.count(), url)
