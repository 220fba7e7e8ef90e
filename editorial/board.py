"""The board: stories by where their latest text stands, the most urgent first."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.db.models import Count, F, Q, QuerySet
from django.urls import reverse
from unfold.widgets import UnfoldAdminSelectWidget

from accounts.models import User
from articles.models import Article, Section, State
from editorial.queries import BY_PLAN, own_stories, planned, review_standings
from editorial.queries.piles import RECENT

MOST = 30
"""Cards in a column; the list has the others."""

ORDERS: dict[State, tuple[Any, ...]] = {
    State.DRAFT: BY_PLAN,
    State.IN_REVIEW: BY_PLAN,
    State.CHANGES_REQUESTED: BY_PLAN,
    State.APPROVED: BY_PLAN,
    State.SCHEDULED: (F("scheduled_for").asc(), "pk"),
    State.PUBLISHED: (F("published_at").desc(), "-pk"),
}


class BoardForm(forms.Form):
    """What to show; every filter has its like in the list of stories, under the same name."""

    section__id__exact = forms.ModelChoiceField(
        Section.objects.all(),
        required=False,
        label="Section",
        empty_label="All",
        widget=UnfoldAdminSelectWidget,
    )
    assignee = forms.ChoiceField(required=False, widget=UnfoldAdminSelectWidget)
    whose = forms.ChoiceField(
        required=False, choices={"": "Everybody’s", "mine": "Mine"}, widget=UnfoldAdminSelectWidget
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["assignee"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", "Anybody"), *assignee_choices()]


def assignee_choices() -> list[tuple[str, str]]:
    """Me, nobody, or one of the desk."""
    people = User.objects.filter(is_staff=True, is_active=True).order_by("name", "email")
    return [("me", "Me"), ("nobody", "Nobody"), *((str(person.pk), str(person)) for person in people)]


def assigned(stories: QuerySet[Article], to: str, user: User) -> QuerySet[Article]:
    """The stories assigned to `me`, `nobody` or the person with that key."""
    if to == "nobody":
        return stories.filter(Q(assignment=None) | Q(assignment__assignee=None))
    return stories.filter(assignment__assignee=user.pk if to == "me" else int(to))


@dataclass(frozen=True)
class Card:
    """A story, and which review it waits for, if any."""

    story: Article
    due_review: str = ""


@dataclass(frozen=True)
class Column:
    """The first cards of a state, how many there are, and the list that has them all."""

    state: State
    cards: list[Card]
    count: int
    url: str

    @property
    def title(self) -> str:
        title = self.state.label.capitalize()
        return f"{title}, last 7 days" if self.state == State.PUBLISHED else title

    @property
    def more(self) -> int:
        return self.count - len(self.cards)


def columns_of(stories: QuerySet[Article], form: BoardForm, user: User, *, at: datetime) -> list[Column]:
    """The columns with those of the stories that the form lets through, in a constant number of queries."""
    on_board = _filtered(stories, form, user).filter(
        Q(state__in=[state for state in ORDERS if state != State.PUBLISHED])
        | Q(state=State.PUBLISHED, published_at__gt=at - RECENT)
    )
    counts = dict(on_board.order_by().values_list("state").annotate(Count("pk")))
    shown = {
        state: list(planned(on_board.filter(state=state).order_by(*order), at=at)[:MOST])
        for state, order in ORDERS.items()
    }
    due = _due_reviews(shown[State.IN_REVIEW])
    return [
        Column(
            state,
            [Card(story, due.get(story.pk, "")) for story in found],
            counts.get(state, 0),
            _list_url(state, form),
        )
        for state, found in shown.items()
    ]


def _filtered(stories: QuerySet[Article], form: BoardForm, user: User) -> QuerySet[Article]:
    chosen = form.cleaned_data if form.is_valid() else {}
    if chosen.get("section__id__exact"):
        stories = stories.filter(section=chosen["section__id__exact"])
    if chosen.get("assignee"):
        stories = assigned(stories, chosen["assignee"], user)
    return own_stories(stories, user) if chosen.get("whose") else stories


def _due_reviews(in_review: list[Article]) -> dict[int, str]:
    due = {key: standing.due for key, standing in review_standings(in_review).items()}
    return {key: f"{step} ({step.group})" for key, step in due.items() if step}


def _list_url(state: State, form: BoardForm) -> str:
    chosen = {name: value for name, value in form.data.items() if name in form.fields and value}
    recent = {"pile": "recent"} if state == State.PUBLISHED else {}
    query = urlencode(chosen | {"state__exact": state.value} | recent)
    return f"{reverse('admin:articles_article_changelist')}?{query}"
