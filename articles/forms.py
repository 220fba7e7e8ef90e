"""What readers fill in."""

from collections.abc import Iterable
from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.timezone import make_aware

from articles.models import Access, Article, Author, Section
from articles.search.finding import Asked
from articles.search.typed import MAX_LENGTH


class _DateInput(forms.DateInput):
    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class SearchForm(forms.Form):
    """What to look for. No answer depends on all of it being valid: what makes no sense is left out."""

    q = forms.CharField(label="Words", required=False)
    section = forms.ModelChoiceField(
        Section.objects.all(), to_field_name="slug", required=False, empty_label="All sections"
    )
    author = forms.ModelChoiceField(
        Author.objects.none(), to_field_name="slug", required=False, empty_label="All authors"
    )
    access = forms.ChoiceField(
        label="Who may read",
        choices=[
            ("", "All stories"),
            (Access.FREE, "Free to read"),
            (Access.REGISTERED, "Free with an account"),
            (Access.SUBSCRIBERS, "For subscribers"),
        ],
        required=False,
    )
    since = forms.DateField(label="Published from", widget=_DateInput(), required=False)
    until = forms.DateField(label="Published until", widget=_DateInput(), required=False)

    def __init__(self, typed: Any, *, at: datetime) -> None:
        super().__init__({**typed.dict(), "q": typed.get("q", "").replace("\0", " ")[:MAX_LENGTH]})
        self.fields["author"].queryset = authors_read(at=at)  # type: ignore[attr-defined]
        self.fields["q"].widget = forms.SearchInput({"maxlength": MAX_LENGTH, "enterkeyhint": "search"})

    def asked(self) -> Asked:
        """What is looked for; days are the newsroom's."""
        self.is_valid()
        typed = self.cleaned_data
        section, author = typed.get("section"), typed.get("author")
        return Asked(
            text=typed.get("q") or "",
            section=section.pk if section else None,
            author=author.pk if author else None,
            access=typed.get("access") or "",
            since=_midnight(typed.get("since"), 0),
            until=_midnight(typed.get("until"), 1),
        )

    def filters(self) -> Iterable[forms.BoundField]:
        return (self[name] for name in ("section", "author", "access", "since", "until"))


def authors_read(*, at: datetime) -> "QuerySet[Author]":
    """Authors of whom the public can read something."""
    seen = Article.objects.visible(at=at).filter(bylines__author=OuterRef("pk"))
    return Author.objects.filter(Exists(seen))


def _midnight(day: Any, days_later: int) -> datetime | None:
    """When this day begins, or one after it; None for a day at either end of the calendar."""
    try:
        return make_aware(datetime.combine(day + timedelta(days_later), time.min)) if day else None
    except OverflowError:
        return None
