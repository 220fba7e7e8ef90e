"""What the page of a story shows above its text: where it stands, and what this person can do with it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import QueryDict

from accounts.models import AuditEntry, User
from articles.models import Article, State
from editorial.buttons import BUTTONS, Button, form_of, typed_for
from editorial.forms import MoveForm
from editorial.models import Review, Verdict
from editorial.queries import can_edit, can_place, moves_for, review_standing
from editorial.timeline import event_of

FOREMOST = ("submit", "approve", "publish")
"""The moves on buttons of their own; the others wait behind “More”."""


@dataclass(frozen=True)
class Offer:
    """A move that this person can make now, with the form of what it asks for."""

    name: str
    button: Button
    form: MoveForm

    @property
    def is_foremost(self) -> bool:
        return self.name in FOREMOST


def offers_for(article: Article, user: User, *, at: datetime, typed: QueryDict | None = None) -> list[Offer]:
    """All that this person can do with the story as it stands, holds included.

    `typed` is a form that was sent and comes again: what was typed for a move stays in its fields.
    """
    names = [move.name for move in moves_for(article, user, at=at)]
    is_held = article.holds.filter(lifted_at=None).exists()
    if is_held and user.has_perm("editorial.lift_legalhold"):
        names.append("lift hold")
    if not is_held and user.has_perm("editorial.add_legalhold"):
        names.append("hold")
    return [
        Offer(name, BUTTONS[name], form_of(name, initial=typed_for(name, typed) if typed else None))
        for name in names
    ]


def _asked(article: Article) -> Review | None:
    """The change that was asked for last, while it waits to be made, in whatever text."""
    if article.state != State.CHANGES_REQUESTED:
        return None
    return article.reviews.filter(verdict=Verdict.CHANGES).last()


def desk_of(article: Article, user: User, *, at: datetime, typed: QueryDict | None = None) -> dict[str, Any]:
    """The context of `templates/editorial/_desk.html`."""
    offers = offers_for(article, user, at=at, typed=typed)
    return {
        "offers": [offer for offer in offers if offer.is_foremost],
        "more_offers": [offer for offer in offers if not offer.is_foremost],
        "may_edit": can_edit(article, user),
        "may_place": can_place(article, user),
        "is_public": article.is_public(at=at),
        "hold": article.holds.filter(lifted_at=None).select_related("placed_by").first(),
        "standing": review_standing(article),
        "asked": _asked(article),
        "verdicts": article.reviews.filter(version=article.version),
        "trail": [event_of(entry) for entry in AuditEntry.about(article).select_related("by")[:6]],
    }
